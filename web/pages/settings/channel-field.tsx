// One setting of a channel in a form.
import { Button, NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import type { ChannelFormJson } from "../../../src/contract/types.ts";

export type Typed = string | number | boolean | string[] | null;

interface Props {
  field: ChannelFormJson["fields"][number];
  /** It is secret, and there is one. */
  has: boolean;
  value: Typed;
  onChange: (value: Typed | undefined) => void;
}

const VERBATIM = { input: "verbatim" };

export function ChannelField({ field, has, value, onChange }: Props) {
  const { label, help, form, secret, required, fallback, choices } = field;
  const kept = secret && has ? " There is one: leave it empty to keep it." : "";
  const common = { label, description: `${help}${kept}`, required: required && !has };
  const text = Array.isArray(value) ? value.join("\n") : String(value ?? "");
  const typed = (said: string): void => onChange(secret && said === "" ? undefined : said);
  const remove =
    secret && has && !required ? (
      <Button size="compact-xs" variant="subtle" color="red" onClick={() => onChange("")}>
        {value === "" ? `${label}: goes when saved` : `Take away: ${label}`}
      </Button>
    ) : null;
  if (form === "switch")
    return (
      <Switch
        {...common}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  if (form === "choice")
    return (
      <Select
        {...common}
        data={choices ?? []}
        value={typeof value === "string" ? value : String(fallback ?? "")}
        allowDeselect={false}
        onChange={(chosen) => onChange(chosen)}
      />
    );
  if (form === "count")
    return (
      <NumberInput
        {...common}
        value={typeof value === "number" ? value : ""}
        allowDecimal={false}
        onChange={(given) => onChange(given === "" ? null : Number(given))}
      />
    );
  if (form === "list" || form === "long")
    return (
      <>
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={12}
          spellCheck={false}
          classNames={VERBATIM}
          value={text}
          onChange={(event) => typed(event.currentTarget.value)}
        />
        {remove}
      </>
    );
  if (secret)
    return (
      <>
        <PasswordInput
          {...common}
          autoComplete="new-password"
          value={text}
          onChange={(event) => typed(event.currentTarget.value)}
        />
        {remove}
      </>
    );
  return (
    <TextInput
      {...common}
      spellCheck={false}
      placeholder={typeof fallback === "string" ? fallback : undefined}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
