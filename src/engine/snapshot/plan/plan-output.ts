import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LineFrameWriter } from '../work/index.js';
import { KEPT_STRUCTURE_FILE, PLAN_FILE } from './types.js';

/** The files of a plan while they are written. */
export class PlanOutput {
  private constructor(
    readonly plan: LineFrameWriter,
    /** Null when nothing is kept. */
    readonly structure: LineFrameWriter | null,
  ) {}

  /** Creates (or empties) them; the one for kept structure is only there where something may be kept. */
  static async create(workDir: string, keeps: boolean): Promise<PlanOutput> {
    const plan = await LineFrameWriter.create(join(workDir, PLAN_FILE), { level: 1 });
    const path = join(workDir, KEPT_STRUCTURE_FILE);
    try {
      if (keeps) return new PlanOutput(plan, await LineFrameWriter.create(path, { level: 1 }));
      await rm(path, { force: true });
      return new PlanOutput(plan, null);
    } catch (error) {
      await plan.abandon();
      throw error;
    }
  }

  async finish(): Promise<void> {
    await this.plan.finish();
    await this.structure?.finish();
  }

  async abandon(): Promise<void> {
    await this.plan.abandon();
    await this.structure?.abandon();
  }
}
