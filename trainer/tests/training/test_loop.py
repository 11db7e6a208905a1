import json
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import make_student

from earshot_trainer.data.mixes import Mixes
from earshot_trainer.data.shards.lessons import Lessons
from earshot_trainer.errors import TrainerError
from earshot_trainer.model.student import Student
from earshot_trainer.tokenizer import Tokenizer, build_vocabulary
from earshot_trainer.training.average import WeightAverage
from earshot_trainer.training.encoder_distillation import make_encoder_distillation
from earshot_trainer.training.examples import Examples, Material, Order
from earshot_trainer.training.features import frozen_embeddings, lower_activations
from earshot_trainer.training.hearing import ActivationHearing, EmbeddingHearing, LogMelHearing
from earshot_trainer.training.loop import run_phase, validate
from earshot_trainer.training.objective import Objective, Weights
from earshot_trainer.training.phase import Phase

LAYERS = 12


class Trial:
    """A small training run on the composed set: twelve steps an epoch."""

    def __init__(self, mixes: Mixes, folder: Path, name: str, seed: int = 1):
        self.folder = folder
        self.words = build_vocabulary((row["caption"] for row in mixes.rows), 1)
        self.student: Student = make_student(seed, len(self.words))
        tokenizer = Tokenizer(self.words)
        self.examples = Examples(mixes, tokenizer)
        is_frozen, root = name == "frozen", folder.parent
        layers = LAYERS if name == "upper" else 0
        self.phase = Phase(name, 2, 8, 2e-3, 0 if is_frozen else 1e-3, seed=1, frozen_layers=layers, checkpoint_steps=5)
        lessons, distillation = Lessons(np.array(mixes.teacher), None), None
        if is_frozen:
            hearing = EmbeddingHearing(frozen_embeddings(make_student(1), mixes, root / "embeddings.npy"))
        elif name == "upper":
            activations = lower_activations(make_student(1), LAYERS, mixes, root / "activations.npy")
            hearing, distillation = ActivationHearing(activations, LAYERS), "contrastive"
        else:
            hearing, distillation = LogMelHearing(mixes), "cosine"
        weights = Weights(encoder=1.0 if distillation else 0.0)
        torch.manual_seed(seed)
        head = make_encoder_distillation(distillation, 384, 384) if distillation else None
        self.objective = Objective(self.student, hearing, weights, head, precision=torch.bfloat16)
        order = Order(self.examples.indices, self.phase.seed, self.phase.batch)
        self.material = Material(hearing, order, self.examples, lessons, tokenizer)
        folder.mkdir(exist_ok=True)

    def validate(self) -> float:
        return validate(self.objective, self.examples, batch=16)

    def run(self, stop_at: int | None = None) -> None:
        """Train to the end, or until the step in which a person presses Ctrl-C."""
        calls, whole = 0, self.objective.forward

        def forward(*batches):
            nonlocal calls
            calls += 1
            if calls == stop_at:
                raise KeyboardInterrupt
            return whole(*batches)

        self.objective.forward = forward
        run_phase(self.objective, self.words, self.phase, self.material, None, self.validate, self.folder)

    def log(self) -> list[dict]:
        records = [json.loads(line) for line in (self.folder / "log.jsonl").read_text().splitlines()]
        return [{key: value for key, value in record.items() if key != "seconds"} for record in records]


@pytest.fixture(scope="module", params=["frozen", "upper", "end-to-end"])
def whole(request, mixes, tmp_path_factory) -> Trial:
    """A run that nothing interrupted."""
    trial = Trial(mixes, tmp_path_factory.mktemp(request.param) / "whole", request.param)
    trial.before = trial.validate()
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


def test_only_the_layers_that_are_trained_move(whole, mixes):
    before, after = (student.encoder.features for student in (make_student(1, len(whole.words)), whole.student))
    moved = [not torch.equal(before[layer].block[0][0].weight, after[layer].block[0][0].weight) for layer in (3, 13)]
    assert moved == {"frozen": [False, False], "upper": [False, True], "end-to-end": [True, True]}[whole.phase.name]
    # The statistics of real sound are kept; two students made alike differ by rounding.
    for layer in (3, 13):
        kept, now = (features[layer].block[0][1].running_mean for features in (before, after))
        assert torch.allclose(kept, now, rtol=0, atol=1e-6)


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
    good, steps = trial.objective.forward, iter(range(100))
    trial.objective.forward = lambda *batches: {
        name: value * (float("nan") if next(steps) == 7 else 1) for name, value in good(*batches).items()
    }
    with pytest.raises(TrainerError, match=r"frozen: the loss of step 8 is no number \(supervised nan\)"):
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
    order, again = Order(examples.indices, 1, 10), Order(examples.indices, 1, 10)
    epochs = [[order.at(epoch * 10 + step) for step in range(10)] for epoch in (0, 1)]
    assert np.array_equal(again.at(13), epochs[1][3]) and not np.array_equal(epochs[0][3], epochs[1][3])
    assert sorted(np.concatenate(epochs[0])) == sorted(np.concatenate(epochs[1])) == list(range(100))


def test_a_set_too_small_for_a_batch_is_refused(mixes):
    examples = Examples(mixes, Tokenizer(["<pad>", "<start>", "<end>", "<unk>", "a", "dog", "barks"]))
    with pytest.raises(TrainerError, match=r"\d+ of its 100 mixes have captions whose words are all known") as caught:
        examples.require(101)
    assert "--least-count" in caught.value.remedy


def test_what_the_lower_layers_made_leads_to_the_same_embeddings(mixes, tmp_path):
    student, indices = make_student(1).eval(), np.array([3, 8])
    hearing = ActivationHearing(lower_activations(student, LAYERS, mixes, tmp_path / "activations.npy"), LAYERS)
    with torch.no_grad():
        short, whole = hearing.embed(student, hearing.load(indices)), student.encode(mixes.batch(indices))
    torch.testing.assert_close(short, whole, rtol=0, atol=0.05)


def test_a_phase_can_end_with_the_mean_of_its_last_epochs(mixes, tmp_path):
    trial = Trial(mixes, tmp_path / "run", "frozen")
    trial.phase = Phase(**{**vars(trial.phase), "average_epochs": 2})
    states = []
    trial.validate = lambda: states.append({k: v.clone() for k, v in trial.student.state_dict().items()}) or 0.0
    trial.run()
    name = "decoder.embedding.weight"
    torch.testing.assert_close(trial.student.state_dict()[name], (states[0][name] + states[1][name]) / 2)
    assert not torch.equal(states[0][name], states[1][name])
    again = Trial(mixes, tmp_path / "run", "frozen", seed=9)
    again.phase = trial.phase
    again.run(stop_at=1)
    assert torch.equal(again.student.state_dict()[name], trial.student.state_dict()[name])


def test_the_average_takes_counters_from_the_newest():
    average = WeightAverage()
    for value, count in [(1.0, 5), (4.0, 7), (7.0, 9)]:
        average.add({"w": torch.tensor([value]), "n": torch.tensor(count)})
    assert average.weights["w"].item() == pytest.approx(4.0) and average.weights["n"].item() == 9
