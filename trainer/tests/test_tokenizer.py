from earshot_trainer.tokenizer import END, PAD, START, UNKNOWN, Tokenizer, build_vocabulary

CAPTIONS = ["a dog barks", "a dog", "a cat", "rain"]


def test_the_vocabulary_is_special_tokens_then_words_by_frequency_then_alphabet():
    assert build_vocabulary(CAPTIONS, 1) == ["<pad>", "<start>", "<end>", "<unk>", "a", "dog", "barks", "cat", "rain"]
    assert build_vocabulary(CAPTIONS, 2)[4:] == ["a", "dog"]


def test_a_caption_becomes_ids_between_start_and_end_and_back():
    tokenizer = Tokenizer(build_vocabulary(CAPTIONS, 1))
    assert tokenizer.encode("a dog barks") == [START, 4, 5, 6, END]
    assert tokenizer.decode([START, 4, 5, 6, END, PAD]) == "a dog barks"


def test_words_it_does_not_know_become_the_unknown_token_and_are_never_said():
    tokenizer = Tokenizer(build_vocabulary(CAPTIONS, 1))
    assert tokenizer.encode("a wolf") == [START, 4, UNKNOWN, END]
    assert not tokenizer.knows("a wolf") and tokenizer.knows("a cat")
    assert tokenizer.decode([4, UNKNOWN, 5]) == "a dog"
