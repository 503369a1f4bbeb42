// Chooses a host among however many there are: the server looks for what is typed.
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query } from "../api/client.ts";

const SHOWN = 20;
const PAUSE_MS = 200;

export function HostSelect({
  value,
  onChange,
}: {
  value: string | undefined;
  /** Empty: any host. */
  onChange: (host: string) => void;
}) {
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [wanted] = useDebouncedValue(typed.trim(), PAUSE_MS);
  // What is chosen stands in the field, and would find nothing but itself.
  const q = wanted === value ? "" : wanted;
  const { data, isFetching } = useQuery({
    ...query.hosts.list.queryOptions({
      input: { ...(q === "" ? {} : { q }), sort: "name", limit: SHOWN },
    }),
    enabled: isOpen,
    placeholderData: keepPreviousData,
  });
  const names = (data?.items ?? []).map(({ name }) => name);
  return (
    <Select
      label="Host"
      placeholder="any host"
      data={value === undefined || names.includes(value) ? names : [value, ...names]}
      // The server has looked already, in addresses as well.
      filter={({ options }) => options}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? "")}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      nothingFoundMessage={isFetching || !isOpen ? "…" : "No host is called like that."}
      clearable
      spellCheck={false}
      w={{ base: "calc(50% - 6px)", xs: 200 }}
    />
  );
}
