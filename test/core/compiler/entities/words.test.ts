import { describe, expect, it } from 'vitest';
import {
  identifier,
  identityRank,
  looksLikeId,
  singular,
  typeName,
} from '../../../../src/core/compiler/entities/words.ts';

describe('text that looks made up by a machine', () => {
  it.each([
    '7',
    '20240117',
    '123e4567-e89b-12d3-a456-426614174000',
    '9fceb02d0ae598e95dc970b74767f19372d61af8',
    '507f1f77bcf86cd799439011',
    'cus_NffrFeUfNV2Hib',
  ])('is an id: %s', (text) => {
    expect(looksLikeId(text)).toBe(true);
  });

  it.each(['issues', 'v1', 'V2.1', 'pull-requests', 'deadbeef', 'oauth2', 'state', 'repositories', ''])(
    'is no id when it is a word: %s',
    (text) => {
      expect(looksLikeId(text)).toBe(false);
    },
  );
});

describe('names of identities', () => {
  it('rank ids above natural names above names that may identify', () => {
    const ranks = ['id', 'login', 'title', 'body'].map(identityRank);
    expect(ranks).toEqual([3, 2, 1, 0]);
  });

  it('never include the kind of a thing, which collides with words of paths', () => {
    expect(['type', 'kind', 'state', 'action', 'object'].map(identityRank)).toEqual([0, 0, 0, 0, 0]);
  });

  it('include names that end like a reference', () => {
    expect(['post_id', 'postId', 'api_key'].map(identityRank)).toEqual([1, 1, 1]);
    expect(identityRank('valid')).toBe(0);
  });
});

describe('nouns', () => {
  it.each([
    ['repositories', 'repository'],
    ['issues', 'issue'],
    ['boxes', 'box'],
    ['branches', 'branch'],
    ['statuses', 'status'],
    ['status', 'status'],
    ['address', 'address'],
    ['news', 'news'],
    ['data', 'data'],
  ])('%s become one %s', (many, one) => {
    expect(singular(many)).toBe(one);
  });

  it('become names of variables', () => {
    expect(['pull-requests', '2fa', 'issues.json', '***', 'Größe'].map(identifier)).toEqual([
      'pull_requests',
      'n2fa',
      'issues',
      'value',
      'gr_e',
    ]);
  });

  it('become names of types', () => {
    expect(['issue_comments', 'pull-requests', 'keys'].map(typeName)).toEqual(['IssueComment', 'PullRequest', 'Key']);
  });
});
