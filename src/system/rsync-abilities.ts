// What the rsync on this server can do, and what the place is like into which it receives.

/** Asked for by local-rsync.ts. */
export interface RsyncAbilities {
  readonly version: string;
  /** The host's checksums come as XXH128 (rsync 3.2 with xxhash). */
  readonly xxh128: boolean;
  /** `--confine-root`: link bases and partial files may not lead out of the host's folder (rsync 3.5). */
  readonly confineRoot: boolean;
  /** `--insecure-links`: paths are not looked through for links, part by part (rsync 3.5). Only for a sandbox. */
  readonly insecureLinks: boolean;
  /** What it receives comes to lie on XFS, and it runs as root, to whom every attribute shows. */
  readonly ontoXfs: boolean;
  /** Access control lists come as the attributes in which Linux keeps them; see access-lists.ts. */
  readonly aclsAsAttributes: boolean;
}
