// What a list shows is part of its address, so that it can be kept, sent and gone back to.
import { useNavigate, useSearch } from "@tanstack/react-router";

type Search = Readonly<Record<string, string | undefined>>;

/** "push": a step that the browser's back button undoes. */
type How = "replace" | "push";

/** The address's own words, and how to change some of them; an empty one leaves the address. */
export function useFilters(): readonly [Search, (changes: Search, how?: How) => void] {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const words = Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) =>
      ["string", "number", "boolean"].includes(typeof value) ? [[name, String(value)]] : [],
    ),
  );
  const change = (changes: Search, how: How = "replace"): void => {
    const next = Object.entries({ ...words, ...changes }).filter(
      ([, value]) => value !== undefined && value !== "",
    );
    void navigate({ to: ".", search: Object.fromEntries(next) as never, replace: how === "replace" });
  };
  return [words, change];
}
