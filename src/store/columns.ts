// What a column of a table is made of.
/** How a column's values travel. `time` is a UTC instant in milliseconds, `json` any plain data, `bool` true or false. */
export type ColumnKind = "int" | "text" | "bool" | "time" | "json";

export interface Column<Select, Insert> {
  readonly kind: ColumnKind;
  readonly nullable: boolean;
  readonly select?: Select;
  readonly insert?: Insert;
}

export const required = <T>(kind: ColumnKind): Column<T, T> => ({ kind, nullable: false });
export const nullable = <T>(kind: ColumnKind): Column<T | null, T | null | undefined> => ({
  kind,
  nullable: true,
});
export const generated = <T>(kind: ColumnKind): Column<T, T | undefined> => ({ kind, nullable: false });
