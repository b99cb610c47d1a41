import { MikroORM } from '@mikro-orm/postgresql';
import { beforeAll } from 'vitest';
import { newId } from '../../../src/common/ids.js';
import type { AppConfigValues } from '../../../src/config/index.js';
import { EventLog, type NewEvent } from '../../../src/modules/events/index.js';
import { NotificationsSchedule, NotificationTimings } from '../../../src/modules/notifications/index.js';
import { DeliverySender } from '../../../src/modules/notifications/delivery/delivery-sender.js';
import type { DeliveryDto } from '../../../src/modules/notifications/dto/delivery.dto.js';
import type { Page } from '../../../src/cli/api-types.js';
import { useJobsApp } from '../jobs/jobs-app.js';
import { stopCrons, type TestApp } from '../core/test-app.js';

export const LOOPBACK = ['127.0.0.0/8', '::1'];

/** The application with a clock of the test's, and a notifier that runs only when the test says so. */
export class NewsApp {
  private at = new Date('2026-11-02T12:00:00Z');

  constructor(readonly test: TestApp) {}

  async begin(): Promise<void> {
    this.timings.now = () => this.at;
    // The test says when news is sent; alarms that it makes up are not looked at.
    await stopCrons(this.test.app);
  }

  get timings(): NotificationTimings {
    return this.test.app.get(NotificationTimings, { strict: false });
  }

  get orm(): MikroORM {
    return this.test.app.get(MikroORM);
  }

  /** The clock alone: nobody waits. */
  advance(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000);
  }

  setClock(iso: string): void {
    this.at = new Date(iso);
  }

  /** One tick, waited for. */
  async tick(): Promise<void> {
    await this.test.app.get(NotificationsSchedule, { strict: false }).tick();
    await this.test.app.get(DeliverySender, { strict: false }).idle();
  }

  /** As the cron does, every 10 s, or where it is long, a dozen times. */
  async pass(seconds: number): Promise<void> {
    const step = Math.max(10, Math.ceil(seconds / 12));
    for (let passed = 0; passed < seconds; passed += step) {
      this.advance(step);
      await this.tick();
    }
  }

  async happen(...events: NewEvent[]): Promise<void> {
    const log = this.test.app.get(EventLog, { strict: false });
    await this.orm.em.fork().transactional((em) => log.append(em, events, this.at));
  }

  async channel(name: string, kind: string, settings: Record<string, unknown>): Promise<string> {
    return (await this.test.admin.post<{ id: string }>('/notifications/channels', { name, kind, settings })).id;
  }

  /** A webhook channel that ends at `/<name>` of the receiver. */
  hook(name: string, receiverUrl: string): Promise<string> {
    return this.channel(name, 'webhook', { url: `${receiverUrl}/${name}` });
  }

  async rule(channelId: string, events: string[], more: Record<string, unknown> = {}): Promise<string> {
    const body = { name: `rule ${newId()}`, events, channelIds: [channelId], ...more };
    return (await this.test.admin.post<{ id: string }>('/notifications/rules', body)).id;
  }

  async deliveries(channelId: string): Promise<DeliveryDto[]> {
    const page = await this.test.operator.get<Page<DeliveryDto>>(
      `/notifications/deliveries?channelId=${channelId}&limit=500`,
    );
    return page.items;
  }

  /** A site that exists in the catalogue only. */
  async site(name: string, labels: string[] = []): Promise<string> {
    const id = newId();
    await this.orm.em.fork().execute(
      `insert into site (id, name, path, module, settings, excludes, overrides, labels, created_at, updated_at)
          values (?, ?, ?, 'plain', '{}', '[]', '{}', ?::jsonb, now(), now())`,
      [id, name, `/srv/${id}`, JSON.stringify(labels)],
    );
    return id;
  }
}

/** As `useJobsApp`. */
export function useNewsApp(settings: Partial<AppConfigValues> = {}): NewsApp {
  const news = new NewsApp(
    useJobsApp({ outgoingAllow: LOOPBACK, publicUrl: 'https://backup.example.com', ...settings }),
  );
  beforeAll(() => news.begin());
  return news;
}

export function jobFailed(siteId: string, siteName: string, error: Record<string, unknown> = {}): NewEvent {
  return {
    jobId: newId(),
    siteId,
    type: 'job.failed',
    data: {
      kind: 'backup',
      status: 'failed',
      siteName,
      warningCount: 0,
      error: {
        code: 'STORAGE_UNREACHABLE',
        message: 'The storage "offsite" does not answer.',
        hint: 'Check it.',
        ...error,
      },
    },
  };
}

export function jobDone(siteId: string, siteName: string, warningCount = 0, jobId = newId()): NewEvent {
  return {
    jobId,
    siteId,
    type: 'job.completed',
    data: { kind: 'backup', status: 'completed', siteName, warningCount },
  };
}

export function alarm(
  type: 'alarm.raised' | 'alarm.cleared',
  subject: string,
  more: Record<string, unknown> = {},
  siteId: string | null = null,
): NewEvent {
  const data = {
    alarmId: newId(),
    kind: 'storage.unreachable',
    subject,
    severity: 'critical',
    message: 'The storage "offsite" does not answer.',
    hint: 'Check its address.',
    context: {},
    ...more,
  };
  return { jobId: null, siteId, type, data };
}
