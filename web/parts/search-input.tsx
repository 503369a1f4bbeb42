// A filter that is typed: it waits for a moment until whoever types has done so.
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useEffect, useRef } from "react";

const PAUSE_MS = 350;

export function SearchInput({
  label,
  placeholder,
  value,
  onChange,
  width = 220,
  maxLength = 200,
  withIcon = false,
  isHalf = false,
}: {
  label: string;
  placeholder?: string;
  /** As the address has it. */
  value: string;
  onChange: (value: string) => void;
  width?: number;
  maxLength?: number;
  withIcon?: boolean;
  /** Two of them stand beside each other on a phone. */
  isHalf?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  const said = useRef(value);
  const later = useDebouncedCallback((text: string) => {
    said.current = text.trim();
    onChange(said.current);
  }, PAUSE_MS);
  useEffect(() => {
    // The address was changed by something else, such as the back button.
    if (value !== said.current && input.current !== null) input.current.value = value;
    said.current = value;
  }, [value]);
  return (
    <TextInput
      ref={input}
      label={label}
      placeholder={placeholder}
      defaultValue={value}
      maxLength={maxLength}
      onChange={(event) => later(event.currentTarget.value)}
      leftSection={withIcon ? <Search size={15} aria-hidden /> : undefined}
      spellCheck={false}
      autoCapitalize="none"
      autoComplete="off"
      w={{ base: isHalf ? "calc(50% - 6px)" : "100%", xs: width }}
    />
  );
}
