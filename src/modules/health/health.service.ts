import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

@Injectable()
export class HealthService {
  constructor(private readonly em: EntityManager) {}

  /** Whether the database answers. */
  async databaseAnswers(): Promise<boolean> {
    return this.em
      .fork()
      .execute('select 1')
      .then(
        () => true,
        () => false,
      );
  }
}
