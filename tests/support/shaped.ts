// Documents of commands, held against the contract.
import { expect } from "vitest";
import type { z } from "zod";
import type { Pobsync } from "./pobsync.ts";

/** @param seen gets the names of the commands whose document was held against a shape */
export const shapedBy =
  (pobsync: () => Pobsync, seen: Set<string>) =>
  /** Runs a command with --json and returns its document, once it has proved to have the shape and nothing beside it. */
  async <Shape extends z.ZodType>(
    shape: Shape,
    exit: number,
    command: string,
    ...args: string[]
  ): Promise<z.infer<Shape>> => {
    seen.add(command);
    const result = await pobsync().run("--json", command, ...args);
    expect({ exit: result.code, stderr: result.stderr }).toMatchObject({ exit });
    const parsed = shape.safeParse(result.json());
    expect(parsed.error?.issues ?? []).toEqual([]);
    // Parsing drops what the shape does not name.
    expect(parsed.data).toEqual(result.json());
    return parsed.data as z.infer<Shape>;
  };
