// Paths as text: parts, parents, and what to call them. `/` separates; escapes such as \n and \xff are parts of names.
export const partsOf = (path: string): string[] => path.split("/").filter((part) => part !== "");
export const parentOf = (path: string): string => `/${partsOf(path).slice(0, -1).join("/")}`;
export const nameOf = (path: string): string => partsOf(path).at(-1) ?? "/";

/** An address of what is downloaded; the browser saves it. */
export function downloadUrl(
  host: string,
  { snapshot, path, format }: { snapshot: string; path: string; format: "raw" | "tar" | "zip" },
): string {
  const search = new URLSearchParams({ snapshot, path, format });
  return `/api/hosts/${encodeURIComponent(host)}/download?${search}`;
}
