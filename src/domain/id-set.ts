// A set of whole numbers from nought on that takes a byte for each number up to the largest, where a Set takes some dozens.

export interface IdSet {
  readonly add: (id: number) => void;
  readonly has: (id: number) => boolean;
  readonly size: () => number;
}

export function idSet(): IdSet {
  let marks = new Uint8Array(1024);
  let size = 0;
  return {
    add: (id) => {
      if (id >= marks.length) {
        const more = new Uint8Array(Math.max(id + 1, marks.length * 2));
        more.set(marks);
        marks = more;
      }
      if (marks[id] === 0) size += 1;
      marks[id] = 1;
    },
    has: (id) => marks[id] === 1,
    size: () => size,
  };
}
