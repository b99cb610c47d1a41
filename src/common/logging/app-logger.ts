import { ConsoleLogger, type LogLevel } from '@nestjs/common';

export interface LogOptions {
  format: 'text' | 'json';
  level: 'debug' | 'info' | 'warn' | 'error';
  colors: boolean;
}

const levels: Readonly<Record<LogOptions['level'], LogLevel[]>> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/** The framework's own start-up chatter: of interest to developers only. */
const chatty = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** The log: readable lines, or one JSON object a line. Goes to stderr, so that stdout stays the program's own. */
export class AppLogger extends ConsoleLogger {
  private readonly verboseFramework: boolean;

  constructor({ format, level, colors }: LogOptions) {
    super({
      json: format === 'json',
      colors: format === 'text' && colors,
      logLevels: levels[level],
      prefix: 'backupd',
    });
    this.verboseFramework = level === 'debug';
  }

  protected override getJsonLogObject(
    message: unknown,
    options: Parameters<ConsoleLogger['getJsonLogObject']>[1],
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    return Object.assign(super.getJsonLogObject(message, options), { time: new Date().toISOString() });
  }

  protected override printMessages(messages: unknown[], context = '', logLevel: LogLevel = 'log'): void {
    if (logLevel === 'log' && !this.verboseFramework && chatty.has(context)) return;
    super.printMessages(messages, context, logLevel, 'stderr');
  }
}
