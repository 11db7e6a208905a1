import torch

from earshot_trainer.model.decoder import CaptionDecoder, DecoderSettings
from earshot_trainer.tokenizer import START

SETTINGS = DecoderSettings(vocabulary=50, width=32, heads=4, feed_forward=64, cache_length=12)


def make_decoder() -> CaptionDecoder:
    torch.manual_seed(4)
    decoder = CaptionDecoder(SETTINGS).eval()
    torch.nn.init.normal_(decoder.positions, std=0.5)
    return decoder


@torch.inference_mode()
def test_a_step_with_the_cache_equals_the_whole_sequence_at_every_position():
    decoder = make_decoder()
    memory = torch.randn(1, 9, 32).expand(3, -1, -1)
    tokens = torch.randint(4, 50, (3, SETTINGS.cache_length))
    tokens[:, 0] = START
    whole = torch.log_softmax(decoder(tokens, memory), dim=-1)
    cross = decoder.cross_keys_values(memory[:1])
    # What stands behind the position must not matter: the caller's cache holds what it held before.
    cache = torch.full((2, 2, 3, 4, SETTINGS.cache_length, 8), 7.0)
    for position in range(SETTINGS.cache_length):
        log_probs, keys, values = decoder.step(tokens[:, position], torch.tensor([position]), cache[0], cache[1], *cross)
        cache[0, :, :, :, position], cache[1, :, :, :, position] = keys[:, :, :, 0], values[:, :, :, 0]
        assert torch.allclose(log_probs, whole[:, position], atol=1e-5), position


@torch.inference_mode()
def test_a_token_is_not_told_by_what_comes_after_it():
    decoder, memory = make_decoder(), torch.randn(1, 9, 32)
    first = torch.tensor([[START, 7, 9, 11, 13]])
    second = torch.tensor([[START, 7, 9, 30, 31]])
    assert torch.allclose(decoder(first, memory)[:, :3], decoder(second, memory)[:, :3], atol=1e-6)


def test_the_classifier_shares_the_embedding():
    decoder = make_decoder()
    assert not [name for name, _ in decoder.named_parameters() if "classif" in name]
    logits = decoder(torch.tensor([[START]]), torch.zeros(1, 9, 32))
    before = logits[0, 0, 20].item()
    with torch.no_grad():
        decoder.embedding.weight[20] *= 2
    assert decoder(torch.tensor([[START]]), torch.zeros(1, 9, 32))[0, 0, 20].item() == torch.tensor(before * 2).item()
