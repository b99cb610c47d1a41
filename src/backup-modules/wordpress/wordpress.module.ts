import { Module } from '@nestjs/common';
import { WordPressBackupModule } from './wordpress-backup-module.js';

@Module({ providers: [WordPressBackupModule], exports: [WordPressBackupModule] })
export class WordPressModule {}
