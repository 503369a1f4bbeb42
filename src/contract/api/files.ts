// Files of snapshots: folders, versions, differences, names, and the bytes themselves. Paths are text: `\\`, `\n`, `\t`, `\r`
// and `\xHH` are escapes.
import { z } from "zod";
import { ComparisonShape, FindingsShape, ListingShape, VersionListShape } from "../history.ts";
import { pageLimit, route } from "./route.ts";
import { hostName } from "./runs.ts";

const tags = ["files"];

/** A path of 4,095 bytes, each of them as an escape. */
const PATH_CHARACTERS_MAX = 4 * 4095;

export const filePath = z.string().max(PATH_CHARACTERS_MAX);
/** `latest`, a name or how it begins, a day (2026-11-23) or a moment ("2026-11-23 14:00"). */
export const snapshotWish = z.string().min(1).max(64);
const pattern = z.string().min(1).max(1000);
/** `next` of the page before. */
const after = z
  .string()
  .max(PATH_CHARACTERS_MAX + 256)
  .optional();
const page = { limit: pageLimit, after };

export const fileRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/files", tags },
      summary: "What lies in a folder of a snapshot, by the bytes of names; or the one entry that is there",
    })
    .input(
      z.object({
        host: hostName,
        snapshot: snapshotWish.optional(),
        path: filePath.optional(),
        q: pattern.optional().describe("Part of a name, in any case."),
        ...page,
      }),
    )
    .output(ListingShape),
  versions: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/versions", tags },
      summary: "All that ever lay at a path, newest first",
    })
    .input(z.object({ host: hostName, path: filePath, ...page }))
    .output(VersionListShape),
  diff: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/diff", tags },
      summary: "What is other in the second of two snapshots, at a path and below it",
    })
    .input(
      z.object({
        ...{ host: hostName, from: snapshotWish, to: snapshotWish },
        path: filePath.optional(),
        ...page,
      }),
    )
    .output(ComparisonShape),
  search: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/search", tags },
      summary: "Names in all snapshots of a host, or of all hosts",
      description:
        "A pattern without *, ? and [ is looked for anywhere in names, in any case. A glob must fit the whole name, or with a slash the whole path.",
    })
    .input(z.object({ pattern, host: hostName.optional(), ...page }))
    .output(FindingsShape),
  download: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/download", tags, outputStructure: "detailed" },
      summary: "A file as it is (raw), or a file or folder as a tar or zip",
      description:
        "An answer that breaks off is not whole: something could not be read, or the snapshot was removed meanwhile.",
      successDescription: "The bytes, as application/octet-stream",
    })
    .input(
      z.object({
        host: hostName,
        snapshot: snapshotWish.optional(),
        path: filePath.optional(),
        format: z.enum(["raw", "tar", "zip"]).optional(),
      }),
    )
    .output(z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(ReadableStream) })),
};
