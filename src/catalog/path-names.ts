// Paths of rows, found by going up from one to its folder. Each folder is looked up once.
import { type Catalog, ROOT_PATH } from "./catalog.ts";

/**
 * Bytes as text in which each character is one byte. It takes half the room of bytes by themselves, can be a key, and
 * sorts as the bytes do.
 */
export type ByteText = string;

export interface PathNames {
  /** A folder's path with a slash at both ends; the root's is one slash. */
  readonly folder: (id: number) => ByteText;
  /** The path of what lies there, with a slash before it. */
  readonly path: (id: number) => ByteText;
}

export function pathNames(catalog: Catalog): PathNames {
  const up = catalog.prepare("SELECT parent, name FROM paths WHERE id = ?");
  const folders = new Map<number, ByteText>([[ROOT_PATH, "/"]]);
  const path = (id: number): ByteText => {
    const row = up.get(id) as { parent: number; name: Uint8Array } | undefined;
    return row === undefined ? "/" : folder(row.parent) + byteText(row.name);
  };
  const folder = (id: number): ByteText => {
    const known = folders.get(id);
    if (known !== undefined) return known;
    const found = `${path(id)}/`;
    folders.set(id, found);
    return found;
  };
  return { folder, path };
}

export const byteText = (bytes: Uint8Array): ByteText =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

export const bytesOfText = (text: ByteText): Buffer => Buffer.from(text, "latin1");
