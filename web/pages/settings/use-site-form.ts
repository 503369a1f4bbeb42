// The state of the site's form: what is typed, what it would do to retention, and what of it is sent.
import { useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import type { Settings } from "../../api/types.ts";
import { type SettingField, type SettingValue, sentValue } from "../../parts/setting-input.tsx";
import { tellDone } from "../../parts/told.tsx";
import type { EffectList } from "../host/effects.tsx";
import { type SiteValue, siteValueOf } from "./site-values.ts";

/** Typed values by their names; null: the default again. */
type Changes = Readonly<Record<string, SettingValue>>;

export function useSiteForm(settings: Settings | null, fields: readonly SettingField[]) {
  const queries = useQueryClient();
  const [changes, setChanges] = useState<Changes>({});
  /** Null: not looked at since something was typed. */
  const [effects, setEffects] = useState<EffectList | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isChanged = Object.keys(changes).length > 0;
  const changesRules = fields.some(({ name, group }) => group === "retention" && name in changes);
  useBlocker({
    shouldBlockFn: () => isChanged && !confirm("There are changes that are not saved. Leave them?"),
    enableBeforeUnload: () => isChanged,
  });
  const reset = (): void => {
    setChanges({});
    setEffects(null);
    setError(null);
  };
  const input = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, sentValue(value)]));
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const look = async (): Promise<EffectList> => {
    const seen = (await client.site.previewSettings(input)).effects;
    setEffects(seen);
    return seen;
  };
  const save = () =>
    attempt(async () => {
      // Whoever would lose snapshots by it is asked once more.
      if (changesRules && effects === null && (await look()).some(({ more }) => more.length > 0)) return;
      const saved = await client.site.changeSettings(input);
      queries.setQueryData(query.site.settings.queryKey(), saved);
      reset();
      void queries.invalidateQueries({ queryKey: query.site.key() });
      void queries.invalidateQueries({ queryKey: query.hosts.key() });
      tellDone("Saved.");
    });
  return {
    ...{ changes, effects, error, isBusy, isChanged, changesRules, reset, save },
    preview: () => attempt(async () => void (await look())),
    set: (name: string, value: SettingValue) => {
      setEffects(null);
      setChanges((before) => ({ ...before, [name]: value }));
    },
    valueOf: (field: SettingField): SiteValue => {
      const saved = siteValueOf(settings, field);
      if (!(field.name in changes)) return saved;
      const typed = changes[field.name] ?? null;
      return typed === null ? { value: field.default, isSet: false } : { value: typed, isSet: true };
    },
    /** Back to the default; what was only typed is forgotten. */
    unset: (field: SettingField) => {
      setEffects(null);
      const { isSet } = siteValueOf(settings, field);
      setChanges((before) =>
        isSet
          ? { ...before, [field.name]: null }
          : Object.fromEntries(Object.entries(before).filter(([name]) => name !== field.name)),
      );
    },
  };
}
