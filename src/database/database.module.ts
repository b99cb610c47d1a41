import { MikroOrmModule } from '@mikro-orm/nestjs';
import { type DynamicModule, Module } from '@nestjs/common';
import { ormOptions } from './orm-options.js';

/** MikroORM on the given database. Requests get an EntityManager of their own; jobs and timers take `em.fork()`. */
@Module({})
export class DatabaseModule {
  static async with(databaseUrl: string): Promise<DynamicModule> {
    return { module: DatabaseModule, imports: [await MikroOrmModule.forRoot({ ...ormOptions(databaseUrl) })] };
  }
}
