import numpy as np

from framing.models import crossval


def test_a_group_is_in_one_fold_and_folds_are_even():
    groups = [f"g{k // 3}" for k in range(30)]

    fold = crossval.assign_folds(groups, folds=5)

    assert sorted(np.bincount(fold).tolist()) == [6] * 5
    assert all(len(set(fold[k : k + 3].tolist())) == 1 for k in range(0, 30, 3))


def test_two_groups_make_two_folds():
    assert set(crossval.assign_folds(["a", "b", "b"]).tolist()) == {0, 1}


def test_scores_come_from_models_that_did_not_see_the_fold():
    texts = ["red light", "red sky", "blue sea", "blue light"] * 4
    hot = np.array([[text.startswith("red")] for text in texts])
    fold = np.arange(16) // 4
    secret = [text + (" zebra" if k >= 12 else "") for k, text in enumerate(texts)]

    plain = crossval.out_of_fold(crossval.words(texts), hot, fold)
    marked = crossval.out_of_fold(crossval.words(secret), hot, fold)

    assert (plain[hot].min(), plain[~hot].max()) > (0.5, 0.0)
    assert plain[~hot].max() < 0.5
    np.testing.assert_allclose(plain[12:], marked[12:])  # a word of the held-out fold alone is not in the vocabulary


def test_thresholds_come_from_the_other_folds():
    hot = np.array([[True], [False], [True], [False]])
    other = np.array([[True], [False], [False], [True]])  # fold 1 coded the other way round
    fold, scores = np.array([0, 0, 1, 1]), np.array([[0.9], [0.1], [0.8], [0.3]])

    first, second = crossval.decide(scores, hot, fold), crossval.decide(scores, other, fold)

    assert first[fold == 1].tolist() == second[fold == 1].tolist() == [[True], [False]]


def test_surroundings_leave_the_sentence_itself_out():
    texts = ["alpha", "beta beta", "gamma"]
    features = crossval.surroundings(texts, ["d", "d", "e"])(np.array([True, True, True])).toarray()

    assert (features > 0).tolist() == [[False, True, True, False], [True, False, False, False], [False] * 4]


def test_values_are_one_column_each_and_an_unknown_one_is_none():
    features = crossval.values(["wire", "post", "", "news"])(np.array([True, True, True, False]))

    assert features.tolist() == [[0, 1], [1, 0], [0, 0], [0, 0]]


def test_texts_without_a_word_give_zeros():
    assert crossval.words(["", "..."])(np.array([True, True])).toarray().tolist() == [[0.0], [0.0]]
