"""Stacks of layers by a few numbers: what a learner turns without building layer by layer."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.layers import AnyLayer, Conv2D, Dense, Flatten, MaxPool2D, Reshape, Shape


class CNN(BaseModel):
    """A stack of convolutions of one kind, each perhaps followed by pooling, then Flatten and the output."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kernel_size: Annotated[int, Field(ge=1, le=28, description="side of the square kernels, in pixels")] = 3
    filters: Annotated[
        int,
        Field(ge=1, le=128, description="kernels of the first convolution; each later one has twice as many"),
    ] = 32
    convolutions: Annotated[int, Field(ge=1, le=4, description="how many follow one another")] = 2
    pooling: Annotated[bool, Field(description="halve the image after each convolution")] = True
    activation: Annotated[
        Literal["linear", "relu", "tanh", "sigmoid"], Field(description="function applied to each output")
    ] = "relu"

    def layers(self, input_shape: Shape, classes: int) -> tuple[AnyLayer, ...]:
        """The layers, from images without channels to probabilities.

        Args:
            input_shape: (height, width) of an image.
            classes: numbers of the output.

        Raises:
            ValidationError: a layer would be larger than it may be.
        """
        layers: list[AnyLayer] = [Reshape(target_shape=(*input_shape, 1))]
        for number in range(self.convolutions):
            filters = min(self.filters * 2**number, 256)
            layers.append(Conv2D(filters=filters, kernel_size=self.kernel_size, activation=self.activation))
            if self.pooling:
                layers.append(MaxPool2D(pool_size=2))
        return (*layers, Flatten(), Dense(units=classes, activation="softmax"))


def cnn_of(layers: Sequence[AnyLayer], input_shape: Shape, classes: int) -> CNN | None:
    """The numbers of a stack that `CNN.layers` could have made; None for any other stack."""
    convolutions = [layer for layer in layers if isinstance(layer, Conv2D)]
    if not convolutions:
        return None
    first = convolutions[0]
    if first.filters > 128 or len(convolutions) > 4:
        return None
    made = CNN(
        kernel_size=first.kernel_size,
        filters=first.filters,
        convolutions=len(convolutions),
        pooling=any(isinstance(layer, MaxPool2D) for layer in layers),
        activation=first.activation,
    )
    return made if made.layers(input_shape, classes) == tuple(layers) else None
