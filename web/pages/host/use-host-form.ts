// The state of a host's form: what it says itself, what is typed, and what of it is sent.
import { useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import type { HostDetail } from "../../api/types.ts";
import { type SettingField, type SettingValue, sentValue } from "../../parts/setting-input.tsx";
import type { Origin } from "../../parts/setting-row.tsx";
import { tellDone } from "../../parts/told.tsx";
import type { EffectList } from "./effects.tsx";

/** Typed values by their names; null: inherit again. */
type Changes = Readonly<Record<string, SettingValue>>;
type Machine = Pick<HostDetail, "node" | "address" | "transport" | "tags">;
const machineOf = ({ node, address, transport, tags }: Machine): Machine => ({
  ...{ node, address, transport, tags },
});

export function useHostForm(host: HostDetail, fields: readonly SettingField[]) {
  const queries = useQueryClient();
  const saved = machineOf(host);
  const [changes, setChanges] = useState<Changes>({});
  const [machine, setMachine] = useState<Machine>(saved);
  const [effects, setEffects] = useState<EffectList>([]);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isMachineChanged = machine.address !== saved.address || machine.transport !== saved.transport;
  const isMoved = machine.node !== saved.node;
  const areTagsChanged = machine.tags.join() !== saved.tags.join();
  const isChanged = isMachineChanged || isMoved || areTagsChanged || Object.keys(changes).length > 0;
  useBlocker({
    shouldBlockFn: () => isChanged && !confirm("There are changes that are not saved. Leave them?"),
    enableBeforeUnload: () => isChanged,
  });
  const reset = (): void => {
    setChanges({});
    setMachine(saved);
    setEffects([]);
    setError(null);
  };
  const input = () => ({
    host: host.name,
    ...(isMoved ? { node: machine.node } : {}),
    ...(areTagsChanged ? { tags: machine.tags } : {}),
    ...(isMachineChanged ? { transport: machine.transport } : {}),
    ...(isMachineChanged && machine.transport === "ssh" ? { address: machine.address.trim() } : {}),
    ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, sentValue(value)])),
  });
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const isAsked = fields.some(({ name, group }) => group === "retention" && name in changes);
      if (isAsked && effects.length === 0) {
        const seen = (await client.hosts.previewChange(input())).effects;
        setEffects(seen);
        // Whoever would lose snapshots by it is asked once more.
        if (seen.some(({ more }) => more.length > 0)) return;
      }
      const changed = await client.hosts.change(input());
      queries.setQueryData(query.hosts.get.queryKey({ input: { host: host.name } }), changed);
      reset();
      setMachine(machineOf(changed));
      tellDone("Saved.");
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return {
    ...{ machine, effects, error, isBusy, isChanged, reset, save },
    setMachine: (part: Partial<Machine>) => setMachine((before) => ({ ...before, ...part })),
    set: (name: string, value: SettingValue) => {
      setEffects([]);
      setChanges((before) => ({ ...before, [name]: value }));
    },
    inherit: (name: string) => {
      setEffects([]);
      setChanges((before) =>
        name in host.own
          ? { ...before, [name]: null }
          : Object.fromEntries(Object.entries(before).filter(([key]) => key !== name)),
      );
    },
    valueOf: (field: SettingField) => shownValue(host, field, changes),
  };
}

/** What stands in a field, and where it comes from. */
function shownValue(host: HostDetail, field: SettingField, changes: Changes) {
  const isList = field.kind === "list";
  const typed = changes[field.name];
  const entries = host.effective[field.name] ?? [];
  const inherited = entries.filter(({ origin }) => origin !== "host");
  const fromAbove = (): { value: SettingValue; origin: Origin } => ({
    value: isList
      ? field.inherit === "append"
        ? []
        : inherited.map(({ value }) => String(value))
      : (inherited[0]?.value ?? field.default),
    origin: inherited[0]?.origin ?? "default",
  });
  if (field.name in changes && typed !== null)
    return { value: typed ?? null, origin: "host" as const, isOwn: true };
  if (typed === null || !(field.name in host.own)) return { ...fromAbove(), isOwn: false };
  const own = entries.filter(({ origin }) => origin === "host");
  return {
    value: isList ? own.map(({ value }) => String(value)) : (own[0]?.value ?? null),
    origin: "host" as const,
    isOwn: true,
  };
}
