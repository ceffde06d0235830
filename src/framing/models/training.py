"""Fine-tuning of the encoder with Hugging Face's Trainer. Only `encoder.py` imports this, and only to fit."""

import logging
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import Trainer, TrainerCallback, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback

from framing.models import adapter, checkpoint, collapse, processes
from framing.models.losses import disagreement, learnable, log_odds, pool, positive_weights, sentence_loss, token_loss
from framing.models.protocol import Progress, Streamed
from framing.models.rows import Rows, StreamedRows
from framing.schema import Hot, Sentence, multi_hot

if TYPE_CHECKING:
    from framing.models.encoder import EncoderClassifier

log = logging.getLogger(__name__)
LOG_STEPS = 20
GRADIENT_NORM = 1.0
AnyRows = Rows | StreamedRows


def fine_tune(
    encoder: "EncoderClassifier",
    train: Sequence[Sentence] | Streamed,
    validation: Sequence[Sentence],
    progress: Progress,
) -> None:
    """Train `encoder.model_` in place; it ends with the weights of its best epoch on `validation`."""
    set_seed(encoder.seed)
    rows = StreamedRows(encoder, train) if isinstance(train, Streamed) else Rows(encoder, train)
    _start_at_base_rates(encoder, rows)
    if encoder.lora_rank:
        encoder.model_ = adapter.add(encoder.model_, encoder.lora_rank)
    best = KeepBest(encoder, validation, progress)
    with tempfile.TemporaryDirectory() as scratch, compiled_layers(encoder.model_, encoder.torch_compile):
        trainer = EvidenceTrainer(
            model=encoder.model_,
            args=_arguments(encoder, rows.batches, str(encoder.checkpoints or scratch)),
            train_dataset=rows,
            callbacks=[best, Passes(rows)],
            encoder=encoder,
            rows=rows,
            best=best,
        )
        trainer.remove_callback(PrinterCallback)
        if processes.rank():
            torch.manual_seed(encoder.seed + processes.rank())  # dropout of its own
        trainer.go_on(encoder.checkpoints and checkpoint.newest(encoder.checkpoints))
    # Accelerate wraps `forward` in autocast; left on, the model in memory would score in bf16 and its saved copy not.
    encoder.model_ = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    best.restore()
    if encoder.lora_rank:
        encoder.model_, encoder.adapter_ = adapter.merge(encoder.model_)


class EvidenceTrainer(Trainer):  # type: ignore[misc]
    """Trainer with our loss and our batches; everything else is stock."""

    def __init__(self, *, encoder: "EncoderClassifier", rows: AnyRows, best: "KeepBest", **settings: Any) -> None:
        super().__init__(**settings)
        self._encoder, self._rows, self._best = encoder, rows, best
        self.model_accepts_loss_kwargs = False  # so that the losses of a batch's pieces are averaged
        self._positive_weight = positive_weights(rows.positives, rows.count).to(self.args.device)

    def get_train_dataloader(self) -> Any:
        """The batches of the rows."""
        loader = self._rows.loader()
        return loader if processes.count() > 1 else self.accelerator.prepare(loader)  # it would share out once more

    def store_flos(self) -> None:
        """Not counted: the first process would wait for the others, which keep no checkpoint."""

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Sentence loss, for the evidence head the weighted token loss, and what two dropouts disagree on if asked."""
        if self._encoder.r_drop:
            inputs = {name: torch.cat([values, values]) for name, values in inputs.items()}
        logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits
        evidence = self._encoder.head == "evidence"
        pooled = pool(logits, inputs["words"], self._encoder.temperature) if evidence else logits.float()
        loss = processes.weighed(sentence_loss(pooled, inputs["gold"], self._positive_weight), len(pooled))
        if evidence:
            known = learnable(inputs["words"], inputs["known"])
            spans = processes.weighed(token_loss(logits, inputs["token_gold"], known), known.sum())
            loss = loss + self._encoder.token_weight * spans
        if self._encoder.r_drop:
            loss = loss + self._encoder.r_drop * processes.weighed(disagreement(*pooled.chunk(2)), len(pooled))
        return (loss, logits) if return_outputs else loss

    def go_on(self, folder: Path | None) -> None:
        """Train from the checkpoint in `folder`, or from the beginning; not at all where it had stopped early there.

        Of several processes the first says which folder. Raises FramingError where another does not see it.
        """
        folder = processes.agreed(folder)
        if folder is not None:
            checkpoint.check_seen(folder)
            self._best.load(folder)
        if not self._best.is_done():
            self.train(resume_from_checkpoint=folder and str(folder))

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Weights now, and the best so far."""
        checkpoint.save_tensors(Path(output_dir or self.args.output_dir), checkpoint.WEIGHTS, self.model.state_dict())
        self._best.save(Path(output_dir or self.args.output_dir))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        self.model.load_state_dict(checkpoint.load_tensors(Path(resume_from_checkpoint), checkpoint.WEIGHTS))

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        checkpoint.save_optimizer(Path(output_dir), self.optimizer, self.lr_scheduler)

    def _load_optimizer_and_scheduler(self, checkpoint_dir: str | None) -> None:
        if checkpoint_dir is not None:
            checkpoint.load_optimizer(Path(checkpoint_dir), self.optimizer, self.lr_scheduler)

    def _save_rng_state(self, output_dir: str) -> None:
        checkpoint.save_random(Path(output_dir))

    def _load_rng_state(self, checkpoint_dir: str | None) -> None:
        if processes.rank():
            torch.manual_seed(self.args.seed + processes.rank() + self.state.global_step)  # the first one's is no use
        elif checkpoint_dir is not None:
            checkpoint.load_random(Path(checkpoint_dir))


class KeepBest(TrainerCallback):  # type: ignore[misc]
    """After each epoch: validation mean average precision, early stopping, and a copy of the best weights.

    Where the encoder keeps checkpoints, one is written after each epoch and every `checkpoint_steps` steps between.
    """

    def __init__(self, encoder: "EncoderClassifier", validation: Sequence[Sentence], progress: Progress) -> None:
        self._encoder, self._validation, self._progress = encoder, validation, progress
        self._gold = multi_hot(validation, encoder.labels)
        self._best, self._since = -1.0, 0
        self._weights: dict[str, Tensor] | None = None

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **more: Any) -> None:
        """Pass the training loss on."""
        if logs and "loss" in logs:
            self._progress({"train/loss": float(logs["loss"])}, state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """A checkpoint where one is due; the last step of an epoch waits for its judgement."""
        every, epoch = self._encoder.checkpoint_steps, state.max_steps // args.num_train_epochs
        due = every and state.global_step % every == 0 and state.global_step % epoch != 0
        control.should_save = bool(self._encoder.checkpoints and due)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Judge, keep, or give up after `patience` epochs without gain."""
        scores = self._encoder.read(self._validation).scores
        self._encoder.model_.train()
        collapse.refuse_broken(scores)
        value = processes.agreed(mean_average_precision(self._gold, scores))
        self._progress({"val/macro_ap": value}, state.global_step)
        control.should_save = self._encoder.checkpoints is not None
        if value > self._best:
            self._best, self._since = value, 0
            self._weights = {k: v.detach().cpu().clone() for k, v in self._encoder.model_.state_dict().items()}
            return
        self._since += 1
        control.should_training_stop = self.is_done()

    def is_done(self) -> bool:
        """Whether patience has run out."""
        return self._since >= self._encoder.patience

    def save(self, folder: Path) -> None:
        """The best weights, and how they fared, into a checkpoint."""
        if self._weights is not None:
            checkpoint.save_tensors(folder, checkpoint.BEST, self._weights)
        checkpoint.save_state(folder, {"best": self._best, "since": self._since})

    def load(self, folder: Path) -> None:
        """What `save` kept."""
        kept = checkpoint.load_state(folder)
        self._best, self._since = kept["best"], kept["since"]
        if self._best >= 0:
            self._weights = checkpoint.load_tensors(folder, checkpoint.BEST)

    def restore(self) -> None:
        """Put the best weights back."""
        if self._weights is not None:
            self._encoder.model_.load_state_dict(self._weights)
        self._encoder.model_.eval()


class Passes(TrainerCallback):  # type: ignore[misc]
    """Tells the rows which pass begins: Trainer does so only where Accelerate has prepared the loader."""

    def __init__(self, rows: AnyRows) -> None:
        self._rows = rows

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """A run that goes on begins with the pass that it was in."""
        self._rows.set_epoch(state.global_step // (state.max_steps // args.num_train_epochs))


@contextmanager
def compiled_layers(model: nn.Module, wanted: bool) -> Iterator[None]:
    """Have torch compile the repeated layers of a transformer, if wanted, and undo it.

    On a GPU without cuDNN's attention, which torch takes first on Hopper's and which is slow on short padded sentences.
    """
    lists = [m for m in model.modules() if isinstance(m, nn.ModuleList)] if wanted else []
    layers = [layer for found in lists for layer in found]
    kernels = [SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
    for layer in layers:
        layer.compile()
    try:
        with sdpa_kernel(kernels) if layers and torch.cuda.is_available() else nullcontext():
            yield
    finally:
        for layer in layers:
            layer._compiled_call_impl = None  # torch has no other way back; a copy that is loaded reads without it


def mean_average_precision(gold: Hot, scores: np.ndarray) -> float:
    """Over the labels that have positives; 0 where none has."""
    from sklearn.metrics import average_precision_score

    some = gold.any(axis=0)
    return float(average_precision_score(gold[:, some], scores[:, some], average="macro")) if some.any() else 0.0


def has_fast_bf16() -> bool:
    """Whether this CPU multiplies bf16 natively (AVX-512 BF16 or AMX); emulation would be slower than fp32."""
    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


def _start_at_base_rates(encoder: "EncoderClassifier", rows: AnyRows) -> None:
    """Set the head's bias so that an untrained model says each label's frequency."""
    bias = log_odds(rows.positives / rows.count)
    if encoder.head == "evidence":
        bias = bias - encoder.temperature * math.log(rows.mean_length)
    head = encoder.model_.classifier
    head = head if hasattr(head, "bias") else head.out_proj
    with torch.no_grad():
        head.bias.copy_(bias)


def _arguments(encoder: "EncoderClassifier", batches: int, folder: str) -> TrainingArguments:
    gpu = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=folder,
        num_train_epochs=encoder.epochs,
        per_device_train_batch_size=encoder.batch_size,
        gradient_accumulation_steps=encoder.accumulation,
        activation_checkpointing=encoder.activation_checkpointing,
        learning_rate=encoder.learning_rate,
        weight_decay=encoder.weight_decay,
        warmup_steps=round(encoder.warmup * batches * encoder.epochs),
        lr_scheduler_type="linear",
        max_grad_norm=GRADIENT_NORM,
        bf16=encoder.bf16 and (gpu or has_fast_bf16()),
        use_cpu=not gpu,
        ddp_backend="gloo" if processes.count() > 1 and not gpu else None,
        ddp_find_unused_parameters=False,
        seed=encoder.seed,
        logging_steps=LOG_STEPS,
        logging_nan_inf_filter=False,
        save_strategy="no",  # KeepBest says when
        save_total_limit=2,
        eval_strategy="no",
        report_to="none",
        disable_tqdm=not sys.stderr.isatty(),
        remove_unused_columns=False,
        dataloader_pin_memory=gpu,
        accelerator_config={"non_blocking": gpu},  # else every batch waits for the one before it
    )
