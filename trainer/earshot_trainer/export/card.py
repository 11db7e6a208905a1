"""The model card of a bundle."""

_TEMPLATE = """# {name}

{description}. Runs in the Earshot daemon; made by the Earshot trainer.

## What it does
Listens to windows of sound and writes one English sentence about each. It names sounds; it does not transcribe speech, identify people or recognise music.

## How it was trained
{training}

## Measured quality
{quality}

## Limits
It knows the words of its training captions only, always says something (the daemon's level gate keeps it quiet in silence), mistakes rare sounds for frequent ones, and now and then hears speech that is not there. Do not rely on it for safety: it does not replace a smoke alarm or a baby monitor.

## Licences
{licences}
"""


def _lines(values: dict) -> str:
    return "\n".join(f"- {key.replace('_', ' ')}: {value}" for key, value in values.items()) or "- not yet measured"


def model_card(about: dict) -> str:
    """Markdown from the same facts that the manifest holds."""
    return _TEMPLATE.format(
        name=about["name"],
        description=about["description"],
        training=_lines(about["training"]),
        quality=_lines(about["quality"]),
        licences="\n".join(f"- {entry['what']}: {entry['licence']}" for entry in about["licences"]),
    )
