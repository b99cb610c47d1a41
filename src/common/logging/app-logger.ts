import type { LoggerService, LogLevel } from '@nestjs/common';
import { pino, type Logger as PinoLogger } from 'pino';
import { inSourceLines } from '../errors/index.js';
import { logContext } from './log-context.js';
import { redact } from './redact.js';
import { textLine } from './text-line.js';

export interface LogOptions {
  format: 'text' | 'json';
  level: 'debug' | 'info' | 'warn' | 'error';
  colors: boolean;
  /** Where the lines go; stderr when absent, so that stdout stays the program's own. */
  write?: (line: string) => unknown;
}

/** The framework's own start-up chatter: of interest to developers only. */
const chatty = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** The log (pino): one JSON object a line, or readable lines. Each says which request or job it belongs to, none shows a secret. */
export class AppLogger implements LoggerService {
  private readonly pino: PinoLogger;
  private readonly verboseFramework: boolean;

  constructor({ format, level, colors, write = (line) => process.stderr.write(line) }: LogOptions) {
    this.verboseFramework = level === 'debug';
    this.pino = pino(
      {
        level,
        base: { pid: process.pid },
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
      },
      // Written at once: what was logged right before the end of the process must not be lost.
      { write: (line: string) => void write(format === 'json' ? line : textLine(line, colors)) },
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  setLogLevels(levels: LogLevel[]): void {
    if (!levels.includes('log')) this.pino.level = levels.includes('warn') ? 'warn' : 'error';
  }

  /** Nest gives the context last; an error's stack before it. */
  private write(
    level: 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: readonly unknown[],
  ): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const texts = rest.filter((part) => typeof part === 'string');
    const context = texts.at(-1);
    const stack = level === 'error' || level === 'fatal' ? texts.slice(0, -1).join('\n') : '';
    if (level === 'info' && !this.verboseFramework && context !== undefined && chatty.has(context)) return;
    const { blot, ...ids } = logContext();
    const safe = (text: string): string => redact(blot === undefined ? text : blot(text));
    this.pino[level](
      {
        ...(context === undefined ? {} : { context }),
        ...ids,
        ...(stack === '' ? {} : { stack: safe(inSourceLines(stack)) }),
      },
      safe(textOf(message)),
    );
  }
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Error) return inSourceLines(message.stack ?? message.message);
  return JSON.stringify(message) ?? String(message);
}
