"""Each family of transformers that a config names, with random weights and a tokeniser of its own kind."""

import numpy as np
import pytest

from framing import config as configs
from framing.models import calibration, collapse
from framing.models.encoder import EncoderClassifier
from framing.models.training import mean_average_precision
from framing.schema import multi_hot
from tests.conftest import ROOT
from tests.unit.models.conftest import LABELS, made, toy_sentences

SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
TEXT = "The army, at dawn, liberated hamlet 7 ."


def byte_level(start, end):
    """A byte-level BPE, as RoBERTa and ModernBERT have; a token's offsets do not hold the space before it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=["<pad>", start, end], initial_alphabet=alphabet)
    tokenizer.train_from_iterator([s.text for s in toy_sentences()], trainer)
    tokenizer.post_processor = processors.RobertaProcessing((end, 2), (start, 1), add_prefix_space=False)
    return fast(tokenizer, start, end)


def unigram(start, end):
    """A unigram model on `▁`, as XLM-R and DeBERTa-v3 have."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<pad>", start, end, "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=200, special_tokens=special, unk_token="<unk>")
    tokenizer.train_from_iterator([s.text for s in toy_sentences()], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", special_tokens=[(start, 1), (end, 2)]
    )
    return fast(tokenizer, start, end)


def fast(tokenizer, start, end):
    from transformers import PreTrainedTokenizerFast

    names = {"pad_token": "<pad>", "unk_token": "<unk>", "cls_token": start, "sep_token": end}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def roberta(size):
    from transformers import RobertaConfig, RobertaModel

    return RobertaModel(RobertaConfig(vocab_size=size, max_position_embeddings=66, pad_token_id=0, **SMALL))


def xlm_roberta(size):
    from transformers import XLMRobertaConfig, XLMRobertaModel

    return XLMRobertaModel(XLMRobertaConfig(vocab_size=size, max_position_embeddings=66, pad_token_id=0, **SMALL))


def deberta(size):
    from transformers import DebertaV2Config, DebertaV2Model

    relative = {"relative_attention": True, "position_buckets": 16, "norm_rel_ebd": "layer_norm", "share_att_key": True}
    config = DebertaV2Config(
        vocab_size=size,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        type_vocab_size=0,
        **relative,
        **SMALL,
    )
    return DebertaV2Model(config)


def modernbert(size):
    from transformers import ModernBertConfig, ModernBertModel

    config = ModernBertConfig(vocab_size=size, pad_token_id=0, cls_token_id=1, sep_token_id=2, **SMALL)
    return ModernBertModel(config)


FAMILIES = {
    "roberta-base": (roberta, byte_level, ("<s>", "</s>")),
    "modernbert-base": (modernbert, byte_level, ("[CLS]", "[SEP]")),
    "xlm-roberta-base": (xlm_roberta, unigram, ("<s>", "</s>")),
    "deberta-v3-base": (deberta, unigram, ("[CLS]", "[SEP]")),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_learns_points_and_is_saved(name, tmp_path, silent):
    from transformers import set_seed

    network, vocabulary, marks = FAMILIES[name]
    tokenizer = vocabulary(*marks)
    set_seed(0)
    network(len(tokenizer)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    settings = configs.load(ROOT / "configs" / "train" / f"{name}.yaml").model.model_dump(exclude={"kind", "use_cues"})
    settings |= {"base": str(tmp_path / "base"), "epochs": 12, "learning_rate": 5e-3, "batch_size": 8, "max_length": 48}
    rows = toy_sentences()

    encoder = EncoderClassifier(labels=LABELS, threads=1, **settings).fit(rows, rows, silent)

    scores = encoder.read(rows).scores
    gold = multi_hot(rows, LABELS)
    assert collapse.vitals(scores, gold, calibration.learn(scores, gold, ["d"] * len(scores)), LABELS).flat == ()
    assert mean_average_precision(gold, scores) > 0.9
    (spans,) = encoder.read([made(TEXT)]).explain(np.array([[True, False]]))
    assert spans
    assert all(TEXT[s.start : s.end] == TEXT[s.start : s.end].strip() for s in spans)
    (tmp_path / "saved").mkdir()
    encoder.save(tmp_path / "saved")
    np.testing.assert_array_equal(EncoderClassifier.load(tmp_path / "saved").read(rows).scores, scores)
