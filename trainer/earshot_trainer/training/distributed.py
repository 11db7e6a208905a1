"""One process or many: the same code, the same sums (torchrun sets the environment)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_gather
from torch.nn.parallel import DistributedDataParallel

from ..errors import TrainerError


@contextmanager
def processes(device: torch.device) -> Iterator[None]:
    """Join the processes that torchrun has started; nothing where it has not."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def wait_for_all() -> None:
    if dist.is_initialized():
        dist.barrier()


def share_of(indices):
    """This process's share of a batch; together the shares are the batch."""
    return indices[rank() :: world()]


def require_divisible(batch: int) -> None:
    if batch % world():
        raise TrainerError(
            f"--batch {batch} cannot be shared by {world()} processes alike",
            f"Give a multiple of {world()}, such as {world() * 8}",
        )


def in_step(module: nn.Module) -> nn.Module:
    """The module with gradients averaged over all processes."""
    return DistributedDataParallel(module) if dist.is_initialized() else module


def gathered(x: Tensor) -> Tensor:
    """Rows of all processes, [batch of all, size]; gradients find their way back."""
    return torch.cat(all_gather(x)) if dist.is_initialized() else x


def mean_of_all(total: Tensor, count: Tensor) -> Tensor:
    """`total / count` over the whole batch, so scaled that the average of all processes' gradients is its gradient."""
    if not dist.is_initialized():
        return total / count
    count = count.clone()
    dist.all_reduce(count)
    return total * world() / count


def averaged(value: Tensor) -> float:
    """The mean over all processes of a loss."""
    value = value.detach().clone()
    if dist.is_initialized():
        dist.all_reduce(value)
    return float(value) / world()
