/** How far something long is. */
export interface Progress {
  /** `done` of `total`, and what is being done. */
  update: (done: number, total: number, label: string) => void;
  /** Leaves a clean line behind. */
  end: () => void;
}

const BAR_WIDTH = 30;
/** Lines where there is no terminal to draw a bar on. */
const LINES_MAX = 10;

/** A bar on a terminal, else a few plain lines; on stderr, since stdout belongs to the answer. */
export function createProgress({
  isQuiet,
  to = process.stderr,
}: {
  isQuiet: boolean;
  to?: NodeJS.WriteStream;
}): Progress {
  if (isQuiet) return { update: () => {}, end: () => {} };
  return to.isTTY ? createBar(to) : createLines(to);
}

function createBar(to: NodeJS.WriteStream): Progress {
  return {
    update(done, total, label) {
      const filled = Math.round((done / Math.max(1, total)) * BAR_WIDTH);
      const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
      // Back to the start, and erase what a longer line left.
      to.write(`\r${bar} ${done}/${total} ${label}\u001B[K`);
    },
    end: () => void to.write("\r\u001B[K"),
  };
}

function createLines(to: NodeJS.WriteStream): Progress {
  let printed = 0;
  return {
    update(done, total, label) {
      const due = Math.floor((done / Math.max(1, total)) * LINES_MAX);
      if (due <= printed) return;
      printed = due;
      to.write(`${done}/${total} ${label}\n`);
    },
    end: () => {},
  };
}
