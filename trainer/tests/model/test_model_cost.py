import pytest
import torch
from torch import nn

from earshot_trainer.model.cost import multiply_adds, parameters


def test_shared_parameters_count_once_and_constants_not_at_all():
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(3, 5))
    model[1].weight = model[0].weight
    model.register_buffer("constant", torch.zeros(100))
    assert parameters(model) == 15 + 5 + 5


@pytest.mark.parametrize(
    ("call", "inputs", "expected"),
    [
        (nn.Linear(7, 5), [torch.zeros(3, 7)], 3 * 7 * 5),
        (nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=4), [torch.zeros(1, 4, 10, 6)], 5 * 3 * 8 * 9),
        (nn.functional.scaled_dot_product_attention, 3 * [torch.zeros(2, 4, 6, 8)], 2 * (2 * 4 * 6 * 6 * 8)),
    ],
)
def test_multiply_adds_are_counted_as_on_paper(call, inputs, expected):
    assert multiply_adds(call, *inputs) == expected
    with torch.inference_mode():
        assert multiply_adds(call, *inputs) == expected
