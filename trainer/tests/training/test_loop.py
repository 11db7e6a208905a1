import json
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import make_student

from earshot_trainer.audio.logmel import silence_level
from earshot_trainer.data.mixes import Mixes
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.student import Student
from earshot_trainer.tokenizer import Tokenizer, build_vocabulary
from earshot_trainer.training.examples import Examples
from earshot_trainer.training.features import frozen_embeddings
from earshot_trainer.training.loop import Phase, end_to_end_loss, frozen_loss, run_phase, validate


class Trial:
    """A small training run on the composed set: twelve steps an epoch."""

    def __init__(self, mixes: Mixes, folder: Path, name: str, seed: int = 1):
        self.folder = folder
        self.words = build_vocabulary((row["caption"] for row in mixes.rows), 1)
        self.student: Student = make_student(seed, len(self.words))
        self.examples = Examples(mixes, Tokenizer(self.words))
        frozen = name == "frozen"
        self.phase = Phase(name, 2, 8, 2e-3, 0 if frozen else 1e-3, 0 if frozen else 1.0, seed=1, checkpoint_steps=5)
        if frozen:
            path = folder.parent / "embeddings.npy"
            self.loss = frozen_loss(self.student, frozen_embeddings(make_student(1), mixes, path))
        else:
            self.loss = end_to_end_loss(self.student, self.phase, silence_level(mixes.audio))
        folder.mkdir(exist_ok=True)

    def run(self, stop_at: int | None = None) -> None:
        """Train to the end, or until the step in which a person presses Ctrl-C."""
        calls = 0

        def loss(examples: Examples, indices: np.ndarray) -> torch.Tensor:
            nonlocal calls
            calls += self.student.training
            if calls == stop_at:
                raise KeyboardInterrupt
            return self.loss(examples, indices)

        validation = lambda: validate(self.student, self.examples, loss, batch=16)  # noqa: E731
        run_phase(self.student, self.words, self.phase, self.examples, loss, validation, self.folder)

    def log(self) -> list[dict]:
        records = [json.loads(line) for line in (self.folder / "log.jsonl").read_text().splitlines()]
        return [{key: value for key, value in record.items() if key != "seconds"} for record in records]


@pytest.fixture(scope="module", params=["frozen", "end-to-end"])
def whole(request, mixes, tmp_path_factory) -> Trial:
    """A run that nothing interrupted."""
    trial = Trial(mixes, tmp_path_factory.mktemp(request.param) / "whole", request.param)
    trial.before = validate(trial.student, trial.examples, trial.loss, batch=16)
    trial.run()
    return trial


def test_a_few_steps_lower_the_loss(whole):
    first, last = whole.log()
    assert last["validation"] < first["validation"] < whole.before
    assert last["validation"] < 0.75 * whole.before


@pytest.mark.parametrize("stop_at", [3, 17])
def test_an_interrupted_run_ends_with_the_very_weights_of_an_uninterrupted_one(whole, mixes, stop_at):
    folder = whole.folder.parent / f"stopped-{stop_at}"
    with pytest.raises(KeyboardInterrupt):
        Trial(mixes, folder, whole.phase.name).run(stop_at)
    again = Trial(mixes, folder, whole.phase.name, seed=1 if stop_at < 5 else 99)
    again.run()
    for (name, a), b in zip(whole.student.state_dict().items(), again.student.state_dict().values(), strict=True):
        assert torch.equal(a, b), name
    assert again.log() == whole.log()


def test_a_complete_phase_is_not_trained_again(whole, mixes):
    again = Trial(mixes, whole.folder, whole.phase.name, seed=5)
    again.run(stop_at=1)
    assert torch.equal(again.student.project[0].weight, whole.student.project[0].weight)


def test_only_the_end_to_end_phase_moves_the_encoder(whole, mixes):
    before = make_student(1, len(whole.words)).encoder.features[3].block[0]
    after = whole.student.encoder.features[3].block[0]
    assert torch.equal(before[0].weight, after[0].weight) == (whole.phase.name == "frozen")
    # The statistics of real sound are kept; two students made alike differ by rounding.
    assert torch.allclose(before[1].running_mean, after[1].running_mean, rtol=0, atol=1e-6)


def test_a_run_is_not_continued_with_other_options_or_words(whole, mixes):
    other = Trial(mixes, whole.folder, whole.phase.name)
    other.phase = Phase(**{**vars(other.phase), "epochs": 3, "rate": 1e-3})
    with pytest.raises(
        TrainerError, match=r"\.pt: was begun with other options \(epochs 3 instead of 2, rate 0.001 instead of 0.002\)"
    ):
        other.run()
    other = Trial(mixes, whole.folder, whole.phase.name)
    other.words = [*other.words, "zebra"]
    with pytest.raises(TrainerError, match="another vocabulary"):
        other.run()


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_checkpoint(mixes, tmp_path):
    trial = Trial(mixes, tmp_path / "run", "frozen")
    good, steps = trial.loss, iter(range(100))
    trial.loss = lambda *batch: good(*batch) * (float("nan") if next(steps) == 7 else 1)
    with pytest.raises(TrainerError, match="frozen: the loss of step 8 is nan"):
        trial.run()
    assert torch.load(tmp_path / "run" / "frozen.pt", weights_only=True)["step"] == 5


def test_embeddings_on_disk_are_used_until_the_set_is_composed_anew(mixes, tmp_path):
    student, path = make_student(1), tmp_path / "embeddings.npy"
    first = frozen_embeddings(student, mixes, path)
    assert first.shape == (100, 2, 384)
    np.testing.assert_allclose(first[7], student.encode(mixes.batch(np.array([7])))[0].detach(), atol=0.05)
    written = path.stat().st_mtime_ns
    frozen_embeddings(student, mixes, path)
    assert path.stat().st_mtime_ns == written
    half = np.array(first[:50])
    path.unlink()  # `first` still reads from it
    np.save(path, half)
    assert frozen_embeddings(student, mixes, path).shape == (100, 2, 384)


def test_an_epoch_has_every_example_once_in_an_order_of_its_own(mixes):
    examples = Examples(mixes, Tokenizer(build_vocabulary((row["caption"] for row in mixes.rows), 1)))
    epochs = [np.concatenate(list(examples.epoch(1, epoch, 10))) for epoch in (0, 0, 1)]
    assert np.array_equal(epochs[0], epochs[1]) and not np.array_equal(epochs[0], epochs[2])
    assert sorted(epochs[0]) == sorted(epochs[2]) == list(range(100))


def test_a_set_too_small_for_a_batch_is_refused(mixes):
    examples = Examples(mixes, Tokenizer(["<pad>", "<start>", "<end>", "<unk>", "a", "dog", "barks"]))
    with pytest.raises(TrainerError, match=r"\d+ of its 100 mixes have captions whose words are all known") as caught:
        examples.require(101)
    assert "--least-count" in caught.value.remedy
