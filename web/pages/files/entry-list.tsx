// What lies in a folder. Only the rows that are looked at are drawn, so that ten thousand are as quick as ten.
import { Text } from "@mantine/core";
import { FolderOpen } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Entry } from "../../api/types.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { nameOf, parentOf } from "../../parts/path-words.ts";
import { momentText, sizeText } from "../../parts/words.ts";
import { EntryIcon } from "./entry-icon.tsx";
import classes from "./entry-list.module.css";

const [ROW_PX, HEIGHT_PX, SPARE] = [34, 560, 12];

interface Props {
  readonly entries: readonly Entry[];
  readonly path: string;
  readonly isFiltered: boolean;
  readonly chosen: string | null;
  readonly choose: (entry: Entry) => void;
  readonly go: (path: string) => void;
  /** Asks for what comes after the last one; null when there is nothing or it is under way. */
  readonly more: (() => void) | null;
}

export function EntryList({ entries, path, isFiltered, chosen, choose, go, more }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [at, setAt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another folder begins at its top
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
    setAt(0);
  }, [path]);
  const from = Math.max(0, Math.floor(top / ROW_PX) - SPARE);
  const to = Math.min(entries.length, Math.ceil((top + HEIGHT_PX) / ROW_PX) + SPARE);
  useEffect(() => {
    if (more !== null && to >= entries.length - SPARE) more();
  }, [more, to, entries.length]);
  const open = (entry: Entry): void => (entry.type === "directory" ? go(entry.path) : choose(entry));
  const move = (next: number): void => {
    const place = Math.min(Math.max(next, 0), entries.length - 1);
    setAt(place);
    const scroller = box.current;
    if (scroller === null) return;
    if (place * ROW_PX < scroller.scrollTop) scroller.scrollTop = place * ROW_PX;
    if ((place + 1) * ROW_PX > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = (place + 1) * ROW_PX - scroller.clientHeight;
  };
  const onKey = (event: KeyboardEvent): void => {
    const page = Math.floor(HEIGHT_PX / ROW_PX);
    const moves: Record<string, number> = {
      ...{ ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page },
      ...{ Home: 0, End: entries.length - 1 },
    };
    const entry = entries[at];
    if (event.key in moves) move(moves[event.key] ?? at);
    else if (event.key === "Enter" && entry !== undefined) open(entry);
    else if (event.key === " " && entry !== undefined) choose(entry);
    else if (event.key === "Backspace" && path !== "/") go(parentOf(path));
    else return;
    event.preventDefault();
  };
  if (entries.length === 0)
    return (
      <EmptyState
        icon={FolderOpen}
        title={isFiltered ? "Nothing here is called like that" : "This folder is empty"}
      >
        {isFiltered
          ? "Find files looks in all folders and all snapshots."
          : "That is how it was on the host."}
      </EmptyState>
    );
  return (
    <div
      ref={box}
      className={classes.box}
      style={{ maxHeight: HEIGHT_PX }}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onKeyDown={onKey}
      role="listbox"
      aria-label={`What lies in ${path}`}
      aria-activedescendant={`entry-${at}`}
      tabIndex={0}
    >
      <div className={classes.all} style={{ height: entries.length * ROW_PX }}>
        {entries.slice(from, to).map((entry, index) => {
          const place = from + index;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself has the keys
            <div
              key={entry.path}
              id={`entry-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={entry.path === chosen}
              className={`${classes.row} ${entry.path === chosen ? classes.chosen : ""} ${place === at ? classes.at : ""}`}
              style={{ top: place * ROW_PX, height: ROW_PX }}
              onClick={({ target }) => {
                setAt(place);
                // A link or a button of its own has no place in an option of a list.
                if (target instanceof Element && target.closest("[data-opens]") !== null) open(entry);
                else choose(entry);
              }}
              onDoubleClick={() => open(entry)}
            >
              <EntryIcon type={entry.type} />
              {entry.type === "directory" ? (
                <span className={classes.name} data-opens>
                  {nameOf(entry.path)}/
                </span>
              ) : (
                <span className={classes.file}>
                  {nameOf(entry.path)}
                  {entry.target === null ? null : (
                    <Text span c="dimmed" size="sm">
                      {" "}
                      → {entry.target}
                    </Text>
                  )}
                </span>
              )}
              <span className={classes.size}>{entry.type === "file" ? sizeText(entry.size) : ""}</span>
              <span className={classes.time}>{entry.mtime === null ? "" : momentText(entry.mtime)}</span>
              <span className={classes.mode}>{entry.mode}</span>
              <span className={classes.owner}>
                {entry.uid}:{entry.gid}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
