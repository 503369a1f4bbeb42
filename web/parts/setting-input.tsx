// One setting in a form, by its kind.
import { NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import type { client } from "../api/client.ts";
import { amountInput } from "./amounts.ts";

export type SettingField = Awaited<ReturnType<typeof client.hosts.fields>>["items"][number];
export type SettingValue = string | number | boolean | readonly string[] | null;

const VERBATIM = { input: "verbatim" };

export interface SettingInputProps {
  field: SettingField;
  value: SettingValue;
  onChange: (value: SettingValue) => void;
  disabled?: boolean;
  error?: string | undefined;
}

export function SettingInput({ field, value, onChange, disabled = false, error }: SettingInputProps) {
  const common = { label: field.label, description: field.help, disabled, error };
  switch (field.kind) {
    case "switch":
      return (
        <Switch
          {...common}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          data={[...(field.choices ?? [])]}
          value={typeof value === "string" ? value : null}
          onChange={(chosen) => onChange(chosen)}
          allowDeselect={false}
        />
      );
    case "count":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : ""}
          min={0}
          allowDecimal={false}
          suffix={field.unit === "%" ? " %" : undefined}
          // Emptied it stays empty: null would put back at once what is inherited.
          onChange={(given) => onChange(given === "" ? "" : Number(given))}
        />
      );
    case "list":
      return (
        <Textarea
          {...common}
          description={`${field.help} One a line.`}
          autosize
          minRows={2}
          maxRows={12}
          spellCheck={false}
          classNames={VERBATIM}
          value={Array.isArray(value) ? value.join("\n") : ""}
          onChange={(event) => onChange(event.currentTarget.value.split("\n"))}
        />
      );
    case "size":
    case "rate":
    case "duration":
      return (
        <TextInput
          {...common}
          placeholder={field.kind === "duration" ? "such as 30d, 12h, 90s" : "such as 10M"}
          spellCheck={false}
          value={typeof value === "number" ? amountInput(field.kind, value) : String(value ?? "")}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "text":
      return (
        <TextInput
          {...common}
          spellCheck={false}
          value={value === null ? "" : String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return field.kind satisfies never;
  }
}

/** As it is sent: lines without blanks at their ends, and nothing typed is nothing said. */
export function sentValue(value: SettingValue): SettingValue {
  if (Array.isArray(value)) return value.map((line) => String(line).trim()).filter((line) => line !== "");
  if (typeof value === "string") return value.trim() === "" ? null : value.trim();
  return value;
}

/** A setting in one line, for those who only look. */
export function settingText({ kind, choices, unit }: SettingField, value: SettingValue): string {
  if (value === null || value === "") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.join("\n");
  if (kind === "choice") return choices?.find((choice) => choice.value === value)?.label ?? String(value);
  if (typeof value === "number" && unit === "%") return `${value} %`;
  if (typeof value === "number")
    return value === 0 && kind === "rate" ? "no limit" : amountInput(kind, value);
  return String(value);
}

export const GROUPS = {
  site: "This installation",
  connection: "Connection",
  contents: "What is backed up",
  transfer: "Transfer",
  times: "Times",
  hooks: "Hooks",
  retention: "Retention",
  checks: "Checks",
  proof: "Proof",
  pings: "Dead man's switch",
} as const satisfies Record<SettingField["group"], string>;
