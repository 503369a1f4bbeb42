// When a snapshot was made, by its name: 20261123T021500Z-scheduled-a1b2c3.
import { momentText } from "./words.ts";

const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/;

export function snapshotMoment(name: string): string {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  return year === undefined ? name : momentText(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
