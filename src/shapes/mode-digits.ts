// Permissions as people write them.

/** Four octal digits, as chmod takes them. */
export const modeDigits = (mode: number): string => mode.toString(8).padStart(4, "0");
