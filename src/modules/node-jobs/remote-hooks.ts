import { fromPlainError } from '../../common/errors/index.js';
import type { RunnableStage, RunningStage } from '../../engine/runner/index.js';
import type { HooksAnswer, HooksRequest } from '../node-protocol/index.js';
import { tellJournal } from './remote-desk.js';
import type { RunLink } from './run-link.js';

/** The master answers when they are done; it is asked again after so long, and gives the same answer. */
const ANSWER_MS = 240_000;

/** The stages with the hooks around them that the master has for these moments. */
export function withHooks(
  stages: readonly RunnableStage[],
  moments: readonly string[],
  link: RunLink,
): readonly RunnableStage[] {
  return stages.map((stage) => {
    const at = (when: string): string[] => moments.filter((moment) => moment === `${when}:${stage.name}`);
    const [before, after] = [at('before'), at('after')];
    if (before.length + after.length === 0) return stage;
    return Object.assign({}, stage, {
      run: async (signal: AbortSignal, running: RunningStage) => {
        for (const moment of before) await runAt(moment, link, signal, running);
        const outcome = await stage.run(signal, running);
        for (const moment of after) await runAt(moment, link, signal, running);
        return outcome;
      },
    });
  });
}

/** Error: HOOK_FAILED. */
async function runAt(
  moment: string,
  link: RunLink,
  signal: AbortSignal,
  { journal, waits }: RunningStage,
): Promise<void> {
  const body: HooksRequest = { moment };
  const answer = await waits(() => link.ask<HooksAnswer>('hooks', body, { signal, answerMs: ANSWER_MS }));
  tellJournal(journal, answer);
  if (answer.error !== null) throw fromPlainError(answer.error);
}
