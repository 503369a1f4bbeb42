// Keys that work everywhere: Ctrl-K or "/" opens the palette, "?" says what there is, "g" with a letter goes to a place.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { PLACES } from "./places.ts";

/** So long after "g" its letter must come. */
const CHORD_MS = 1200;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Whoever is asked something answers that first. */
const isAsked = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') !== null;

export function useShortcuts({
  preparePalette,
  openPalette,
  openHelp,
}: {
  /** A key was pressed after which the palette is often opened. */
  preparePalette: () => void;
  openPalette: () => void;
  openHelp: () => void;
}): void {
  const navigate = useNavigate();
  useEffect(() => {
    let begunAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isAsked()) return;
      if (event.key === "Control" || event.key === "Meta") preparePalette();
      const isPalette = event.key === "k" && (event.ctrlKey || event.metaKey);
      if (isPalette || (event.key === "/" && !isTyping(event.target))) {
        event.preventDefault();
        openPalette();
        return;
      }
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "?") {
        openHelp();
        return;
      }
      if (event.key === "g") {
        begunAt = event.timeStamp;
        return;
      }
      const place = PLACES.find(({ key }) => key === event.key);
      if (place !== undefined && event.timeStamp - begunAt < CHORD_MS) void navigate({ to: place.to });
      begunAt = Number.NEGATIVE_INFINITY;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}
