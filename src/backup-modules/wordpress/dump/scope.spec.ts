import { describe, expect, it } from 'vitest';
import { grantsPrivilege } from './privileges.js';
import { TableScope, wordPressPrefixes } from './scope.js';

const site = (prefix: string): string[] => [`${prefix}options`, `${prefix}posts`, `${prefix}users`];

function scope(names: string[], prefix: string, more: Partial<ConstructorParameters<typeof TableScope>[0]> = {}) {
  return new TableScope({ names, prefix, blogIds: [], foldCase: false, ...more });
}

describe('whose tables are whose', () => {
  it('knows WordPress by its pairs of tables', () => {
    expect(wordPressPrefixes([...site('wp_'), ...site(''), 'x_options', 'y_posts'])).toEqual(['wp_', '']);
  });

  it('takes all of a database that is one site’s alone', () => {
    const one = scope([...site('wp_'), 'plugin_log'], 'wp_');
    expect(one.shared).toBe(false);
    expect(['wp_posts', 'plugin_log', 'anything'].every((name) => one.takes(name))).toBe(true);
  });

  it('gives a table to the longest prefix', () => {
    const names = [...site('wp_'), ...site('wp_shop_'), 'wpxlog', 'wp_shopping'];
    const short = scope(names, 'wp_');
    expect(names.filter((name) => short.takes(name))).toEqual([...site('wp_'), 'wp_shopping']);
    expect(short.ownerOf('wpxlog')).toBe('unknown');
    const long = scope(names, 'wp_shop_');
    expect(names.filter((name) => long.takes(name))).toEqual(site('wp_shop_'));
  });

  it('counts the blogs of a network to it, and no other numbers', () => {
    const names = [...site('wp_'), ...site('wp_2_'), ...site('wp_3_')];
    const network = scope(names, 'wp_', { blogIds: ['1', '2'] });
    expect([network.takes('wp_2_posts'), network.takes('wp_3_posts')]).toEqual([true, false]);
  });

  it('follows the server in the case of names', () => {
    const names = [...site('wp_'), ...site('b_')];
    expect(scope(names, 'WP_', { foldCase: true }).takes('wp_posts')).toBe(true);
    expect(scope(names, 'WP_').hasOwn(names)).toBe(false);
  });

  it('can live without a prefix, and obeys what is named', () => {
    const names = [...site(''), ...site('wp_')];
    const bare = scope(names, '', { alsoTables: ['wp_users'], excludeTables: ['posts'] });
    expect(names.filter((name) => bare.takes(name))).toEqual(['options', 'users', 'wp_users']);
  });
});

describe('grants', () => {
  const grants = [
    "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*x'",
    'GRANT SELECT, TRIGGER ON `wp\\_%`.* TO `u`@`%`',
    'GRANT EVENT ON `other`.`table` TO `u`@`%`',
  ];

  it('are read with their patterns', () => {
    expect(grantsPrivilege(grants, 'TRIGGER', 'wp_1')).toBe(true);
    expect(grantsPrivilege(grants, 'TRIGGER', 'wpx1')).toBe(false);
    expect(grantsPrivilege(grants, 'EVENT', 'other')).toBe(false);
    expect(grantsPrivilege(['GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION'], 'EVENT', 'x')).toBe(
      true,
    );
  });

  it('through a role cannot be told', () => {
    expect(grantsPrivilege([...grants, 'GRANT `r` TO `u`@`%`'], 'EVENT', 'wp_1')).toBeNull();
  });
});
