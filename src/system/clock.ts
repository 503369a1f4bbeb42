// The clock: the one place that asks what time it is.

/** The current instant. Tests pass one of their own. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
