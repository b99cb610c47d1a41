import { defineEntity, p } from '@mikro-orm/core';

/** What the off-site mirror is known to have: one row a mirrored row. */
export const MirroredRowSchema = defineEntity({
  name: 'MirroredRow',
  tableName: 'mirrored_row',
  properties: {
    tableName: p.text().primary(),
    rowId: p.text().primary(),
    /** Of the row's content as it was sent. */
    hash: p.text(),
    sentAt: p.datetime(3),
  },
});

export class MirroredRow extends MirroredRowSchema.class {}
MirroredRowSchema.setClass(MirroredRow);
