/** The end of a run, without its outcome. */
export const anEnd = { stage: null, error: null, result: null, keptBytes: null, cutOff: false };

const progress = {
  bytesDone: 1,
  bytesTotal: null,
  itemsDone: null,
  itemsTotal: null,
  percent: null,
  bytesPerSecond: null,
  current: null,
};
const warning = { code: 'SOME', message: 'x', context: {} };

interface Forged {
  what: string;
  reports: object[];
  /** How the master answers; the code where it matters. */
  status: number;
  expected: string | null;
}

/** Reports that must change nothing, of a job with these stages whose last report had this number. */
export function forgedReports(seq: number, stages: readonly object[]): Forged[] {
  const note = { type: 'job.note', data: { stage: null, message: 'forged' } };
  const report = (more: object, number = seq + 1): object => ({ seq: number, ageMs: 0, ...more });
  const forged: [string, object[], number, string | null][] = [
    ['replayed', [report({ events: [note] }, 1), report({ events: [note] }, seq)], 200, null],
    ['a gap', [report({ events: [note] }, seq + 2)], 409, 'REPORT_OUT_OF_ORDER'],
    [
      'reordered',
      [report({ events: [note] }, seq + 3), report({ events: [note] }, seq + 2)],
      409,
      'REPORT_OUT_OF_ORDER',
    ],
    ['other stages', [report({ facts: { stages: [] } })], 400, 'REPORT_REFUSED'],
    ['stages in another order', [report({ facts: { stages: stages.toReversed() } })], 400, 'REPORT_REFUSED'],
    ['progress of no stage', [report({ facts: { progress: { ...progress, stage: 'none' } } })], 400, 'REPORT_REFUSED'],
    [
      'a warning of no stage',
      [report({ facts: { warnings: [{ ...warning, stage: 'none' }] } })],
      400,
      'REPORT_REFUSED',
    ],
    [
      'an event of no stage',
      [report({ events: [{ type: 'stage.failed', data: { stage: 'none' } }] })],
      400,
      'REPORT_REFUSED',
    ],
    [
      'an event of another job',
      [report({ events: [{ type: 'job.note', data: { stage: null, jobId: 'x' } }] })],
      400,
      'REPORT_REFUSED',
    ],
    ['an event of the master', [report({ events: [{ type: 'job.completed', data: {} }] })], 400, 'REQUEST_INVALID'],
    ['an event of nobody', [report({ events: [{ type: 'node.joined', data: {} }] })], 400, 'REQUEST_INVALID'],
    ['no event', [report({ events: [{ type: 'job.note', data: 'x' }] })], 400, 'REQUEST_INVALID'],
    ['no number', [report({}, 0)], 400, 'REQUEST_INVALID'],
    ['a broken number', [report({}, 1.5)], 400, 'REQUEST_INVALID'],
    ['an end of another kind', [report({ end: { ...anEnd, outcome: 'pinned' } })], 400, 'REQUEST_INVALID'],
    [
      'more than may come',
      Array.from({ length: 1001 }, (_, index) => report({}, seq + index + 1)),
      400,
      'REQUEST_INVALID',
    ],
    [
      'a huge body',
      [report({ events: [{ type: 'job.note', data: { stage: null, message: 'x'.repeat(2_000_000) } }] })],
      413,
      'REQUEST_TOO_LARGE',
    ],
  ];
  return forged.map(([what, reports, status, expected]) => ({ what, reports, status, expected }));
}
