const LOOK_EVERY_MS = 30_000;

/** How the server's list of processes shows a connection. */
interface ShownProcess {
  command: string | null;
  state: string | null;
}

/** A second connection of the same account, which sees its own processes. */
export interface Onlooker {
  row<Row>(sql: string, values: readonly (string | number)[]): Promise<Row | null>;
  close(): Promise<void>;
}

export interface SignsOfLifeOptions {
  /** The server's id of the connection that works. */
  threadId: number;
  open: () => Promise<Onlooker>;
  /** Told each time the server was seen to work on the statement. */
  alive: () => void;
  everyMs?: number;
}

/**
 * What comes of a statement that may take hours without a byte (an index that is built). Now and then the server is asked, over
 * another connection, what it does: one that works on the statement is alive, one that waits for a lock or does not answer is not.
 */
export async function withSignsOfLife<T>(statement: Promise<T>, options: SignsOfLifeOptions): Promise<T> {
  let isLooking = false;
  const look = async (): Promise<void> => {
    // One look at a time: a server that does not answer is not asked by ever more connections.
    if (isLooking) return;
    isLooking = true;
    if (await isWorking(options)) options.alive();
    isLooking = false;
  };
  const timer = setInterval(() => void look(), options.everyMs ?? LOOK_EVERY_MS).unref();
  try {
    return await statement;
  } finally {
    clearInterval(timer);
  }
}

async function isWorking({ threadId, open }: SignsOfLifeOptions): Promise<boolean> {
  try {
    const onlooker = await open();
    try {
      const sql = 'SELECT COMMAND AS command, STATE AS state FROM information_schema.PROCESSLIST WHERE ID = ?';
      const shown = await onlooker.row<ShownProcess>(sql, [threadId]);
      return shown !== null && shown.command === 'Query' && !/^waiting/i.test(shown.state ?? '');
    } finally {
      await onlooker.close();
    }
  } catch {
    // Whoever can't be asked gives no sign.
    return false;
  }
}
