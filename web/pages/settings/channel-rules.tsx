// The rules of a channel in a form: what goes there, about which hosts, and when.
import { Select, TextInput } from "@mantine/core";
import { repeats, type typedRules } from "./channel-values.ts";

type Rules = ReturnType<typeof typedRules>;

const SEVERITIES = [
  { value: "info", label: "everything" },
  { value: "warning", label: "warnings and what is bad" },
  { value: "bad", label: "only what is bad" },
];

export function ChannelRules({
  rules,
  onChange,
}: {
  rules: Rules;
  onChange: (part: Partial<Rules>) => void;
}) {
  const words = (name: "hosts" | "tags" | "codes" | "quiet", label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      spellCheck={false}
      value={rules[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <>
      <Select
        label="What goes there"
        data={SEVERITIES}
        value={rules.minSeverity}
        allowDeselect={false}
        onChange={(chosen) => onChange({ minSeverity: chosen ?? "warning" })}
      />
      {words("hosts", "Only these hosts", "Names or globs such as web*, with blanks between; empty: all.")}
      {words(
        "tags",
        "Only hosts with these tags",
        "With blanks between; a host needs one of them. Empty: all.",
      )}
      {words(
        "codes",
        "Only these conditions",
        "Their codes, such as late or failing, with blanks between; empty: all.",
      )}
      {words("quiet", "Quiet hours", "Such as 22:00-07:00: only what is bad is sent then. Empty: none.")}
      <Select
        label="Tell again of what nobody has acknowledged"
        data={repeats(rules.repeat)}
        value={String(rules.repeat)}
        allowDeselect={false}
        onChange={(chosen) => onChange({ repeat: Number(chosen ?? 0) })}
      />
      <Select
        label="News"
        data={["off", "daily", "weekly"]}
        value={rules.digest}
        allowDeselect={false}
        onChange={(chosen) => onChange({ digest: chosen ?? "off" })}
      />
    </>
  );
}
