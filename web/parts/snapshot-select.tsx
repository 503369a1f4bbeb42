// Choosing one of a host's snapshots by when it was made.
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "../api/client.ts";
import { momentText } from "./words.ts";

const SHOWN = 500;

export function SnapshotSelect({
  host,
  value,
  onChange,
  label,
  withLatest = false,
}: {
  host: string;
  value: string;
  onChange: (snapshot: string) => void;
  label: string;
  /** "The newest" as a choice of its own. */
  withLatest?: boolean;
}) {
  const { data } = useQuery(
    query.snapshots.list.queryOptions({ input: { host, state: "complete", limit: SHOWN } }),
  );
  const known = (data?.items ?? []).map(({ name, startedAt, status, pin }) => ({
    value: name,
    label: `${momentText(startedAt)}${status === "warning" ? " (warnings)" : ""}${pin === null ? "" : " (pinned)"}`,
  }));
  const isListed = value === "latest" || known.some((one) => one.value === value);
  const choices = [
    ...(withLatest ? [{ value: "latest", label: "The newest" }] : []),
    ...(isListed || value === "" ? [] : [{ value, label: value }]),
    ...known,
  ];
  return (
    <Select
      label={label}
      data={choices}
      value={value === "" ? null : value}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      searchable
      allowDeselect={false}
      maxDropdownHeight={320}
      w={{ base: "100%", xs: 260 }}
    />
  );
}
