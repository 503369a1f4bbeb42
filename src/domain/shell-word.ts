// Commands in sentences for people, who paste them into a shell.

/** A word that a POSIX shell takes as it is, in quotes only where it needs them. */
export const shellWord = (text: string): string =>
  /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
