// A shop written by hand that uses what the runtime can do: scoped keys through references, derived counts, cascades,
// generators of every kind, filters, orders and pages, guards, API-wide errors, two principals.
import type { CloneModel, Rule } from '../../src/core/model/clone-model.ts';

const json = [{ name: 'content-type', value: "'application/json'" }];

function notFound(id: string, when: string): Rule {
  return {
    id,
    when,
    reply: { status: 404, headers: json, body: { message: "'Not Found'", status: 404 } },
    provenance: 'pooled',
  };
}

const orderBindings = [
  { name: 'customer', type: 'Customer', key: ['path.login'] },
  { name: 'order', type: 'Order', key: ['path.login', 'path.number'] },
];

export const shopModel: CloneModel = {
  formatVersion: 1,
  clock: { startMs: 1_704_164_645_678, stepMs: 1000 },
  services: [
    {
      name: 'shop',
      origins: ['https://shop.example'],
      principals: [
        { id: 'ada', credential: { header: 'Authorization', value: 'Bearer ada' }, attributes: { login: 'ada' } },
        { id: 'nobody', attributes: { login: 'nobody' } },
      ],
      generators: {
        customerId: { kind: 'sequence', start: 10, step: 5 },
        orderNumber: { kind: 'sequence', start: 1, step: 1, scope: ["customer['$key']"] },
        lineNumber: { kind: 'max-plus-one', type: 'Line', attribute: 'line', start: 1, scope: ['order'] },
        lineId: { kind: 'uuid', version: 4 },
        token: { kind: 'text', pattern: [{ literal: 'tok_' }, { alphabet: 'abcdef0123456789', length: 16 }] },
      },
      entities: [
        {
          name: 'Customer',
          key: ['login'],
          aliases: [['id']],
          derived: {
            url: "base + '/customers/' + it.login",
            order_count: "rows('Order').filter(o, deref(o.customer).login == it.login).size()",
            summary: "it.login + ' has ' + string(it.order_count)",
          },
          views: {
            full: { $merge: ['it', { kind: "'customer'" }] },
            embedded: { login: 'it.login', url: 'it.url' },
          },
        },
        {
          name: 'Order',
          key: ['customer.login', 'number'],
          derived: { lines: "rows('Line').filter(l, l.order == ref(it)).size()" },
          views: {
            full: {
              number: 'it.number',
              state: 'it.state',
              note: 'it.note',
              customer: 'it.customer',
              watchers: 'it.watchers',
              lines: 'it.lines',
              created_at: 'it.created_at',
              updated_at: 'it.updated_at',
              closed_at: 'it.closed_at',
            },
          },
        },
        {
          name: 'Line',
          key: ['id'],
          views: { full: { id: 'it.id', line: 'it.line', product: 'it.product', price: 'it.price' } },
        },
      ],
      routes: [
        {
          id: 'customers.list',
          method: 'GET',
          path: '/customers',
          cases: [
            {
              id: 'customers.list/ok',
              query: {
                type: 'Customer',
                filters: [{ param: 'q', operator: 'search', attributes: [] }],
                openFilters: { ignore: ['trace'], suffixes: { _ne: 'ne', _gte: 'gte', _like: 'contains-ci' } },
                order: [{ by: 'x.id' }],
                sort: {
                  by: 'sort',
                  direction: 'direction',
                  fields: { newest: 'x["$seq"]' },
                  open: true,
                },
                page: {
                  style: 'range',
                  at: 'start',
                  size: 'end',
                  also: { style: 'page', at: 'page', size: 'per_page', sizeDefault: 2, sizeMax: 3 },
                },
              },
              let: { more: 'list.hasMore', count: 'size(query)' },
              reply: {
                status: 200,
                headers: [
                  ...json,
                  { name: 'x-total', value: 'string(list.total)' },
                  {
                    name: 'link',
                    value:
                      "more && has(list.page) ? '<' + base + '/customers?page=' + string(list.next) + '>' : missing",
                  },
                ],
                body: { $each: 'list.items', as: 'c', do: { $view: 'full', of: 'c' } },
              },
            },
          ],
        },
        {
          id: 'customers.create',
          method: 'POST',
          path: '/customers',
          guards: [
            {
              id: 'customers.create/login-required',
              when: '!has(body.login)',
              reply: { status: 422, headers: json, body: { message: "'login is required'", status: 422 } },
            },
            {
              id: 'customers.create/login-taken',
              when: "exists('Customer', body.login)",
              reply: { status: 409, headers: json, body: { message: "'login is taken: ' + body.login", status: 409 } },
            },
          ],
          cases: [
            {
              id: 'customers.create/ok',
              effects: [
                {
                  kind: 'create',
                  type: 'Customer',
                  as: 'customer',
                  from: "pick(body, ['login', 'name'])",
                  set: {
                    id: "gen('customerId')",
                    name: 'coalesce(body.name, null)',
                    token: "gen('token')",
                    created_at: "now('iso-s')",
                  },
                },
              ],
              reply: {
                status: 201,
                headers: [...json, { name: 'Location', value: 'customer.url' }],
                body: { $view: 'full', of: 'customer' },
              },
            },
          ],
        },
        {
          id: 'customers.get',
          method: 'GET',
          path: '/customers/{login}',
          bindings: [{ name: 'customer', type: 'Customer', key: ['path.login'] }],
          guards: [notFound('customers.get/missing', '!has(customer)')],
          cases: [{ id: 'customers.get/ok', reply: { status: 200, headers: json, body: 'customer' } }],
        },
        {
          id: 'customers.by-id',
          method: 'GET',
          path: '/customers/by-id/{id}',
          bindings: [{ name: 'customer', type: 'Customer', key: ['path.id'], by: ['id'] }],
          guards: [notFound('customers.by-id/missing', '!has(customer)')],
          cases: [{ id: 'customers.by-id/ok', reply: { status: 200, body: { $view: 'embedded', of: 'customer' } } }],
        },
        {
          id: 'customers.update',
          method: 'PATCH',
          path: '/customers/{login}',
          bindings: [{ name: 'customer', type: 'Customer', key: ['path.login'] }],
          guards: [notFound('customers.update/missing', '!has(customer)')],
          cases: [
            {
              id: 'customers.update/ok',
              effects: [{ kind: 'merge', target: 'customer', from: 'body', keep: ['id', 'token'], set: {} }],
              reply: { status: 200, headers: json, body: { $view: 'full', of: 'customer' } },
            },
          ],
        },
        {
          id: 'customers.delete',
          method: 'DELETE',
          path: '/customers/{login}',
          bindings: [{ name: 'customer', type: 'Customer', key: ['path.login'] }],
          guards: [
            {
              id: 'customers.delete/gone',
              when: "!has(customer) && deleted('Customer', path.login)",
              reply: { status: 410, headers: json, body: { message: "'Gone'", status: 410 } },
            },
            notFound('customers.delete/missing', '!has(customer)'),
          ],
          cases: [
            {
              id: 'customers.delete/ok',
              effects: [
                { kind: 'delete-where', type: 'Line', where: 'deref(deref(x.order).customer).login == customer.login' },
                { kind: 'delete-where', type: 'Order', where: 'x.customer == ref(customer)' },
                { kind: 'delete', target: 'customer' },
              ],
              reply: { status: 200, headers: json, body: { deleted: 'customer.login' } },
            },
          ],
        },
        {
          id: 'orders.list',
          method: 'GET',
          path: '/customers/{login}/orders',
          bindings: [{ name: 'customer', type: 'Customer', key: ['path.login'] }],
          guards: [notFound('orders.list/missing', '!has(customer)')],
          cases: [
            {
              id: 'orders.list/ok',
              query: {
                type: 'Order',
                where: 'x.customer == ref(customer)',
                filters: [
                  { param: 'state', operator: 'eq', attributes: ['state'], default: 'open', any: ['all'] },
                  { param: 'watcher', operator: 'eq', attributes: ['watchers.login'], none: ['none'], some: ['*'] },
                  { param: 'since', operator: 'gte', attributes: ['created_at'] },
                ],
                order: [{ by: 'x.number', descending: true }],
                sort: { by: 'sort', direction: 'direction', fields: { note: 'x.note' } },
                page: { style: 'after', at: 'after', size: 'limit', sizeDefault: 10, cursor: 'number' },
              },
              reply: {
                status: 200,
                headers: json,
                body: {
                  items: { $each: 'list.items', as: 'o', do: { $view: 'full', of: 'o' } },
                  total: 'list.total',
                  next: 'orNull(list.next)',
                },
              },
            },
          ],
        },
        {
          id: 'orders.create',
          method: 'POST',
          path: '/customers/{login}/orders',
          bindings: [{ name: 'customer', type: 'Customer', key: ['path.login'] }],
          guards: [notFound('orders.create/missing', '!has(customer)')],
          cases: [
            {
              id: 'orders.create/ok',
              effects: [
                {
                  kind: 'create',
                  type: 'Order',
                  as: 'order',
                  set: {
                    customer: 'customer',
                    number: "gen('orderNumber')",
                    state: "coalesce(body.state, 'open')",
                    note: 'body.note',
                    watchers: "coalesce(body.watchers, []).map(login, ref('Customer', login))",
                    created_at: 'now()',
                    updated_at: 'now()',
                    closed_at: null,
                  },
                },
              ],
              reply: { status: 201, headers: json, body: { $view: 'full', of: 'order' } },
            },
          ],
        },
        {
          id: 'orders.get',
          method: 'GET',
          path: '/customers/{login}/orders/{number}',
          bindings: orderBindings,
          guards: [notFound('orders.get/missing', '!has(order)')],
          cases: [{ id: 'orders.get/ok', reply: { status: 200, headers: json, body: { $view: 'full', of: 'order' } } }],
        },
        {
          id: 'orders.update',
          method: 'PATCH',
          path: '/customers/{login}/orders/{number}',
          bindings: orderBindings,
          guards: [notFound('orders.update/missing', '!has(order)')],
          cases: [
            {
              id: 'orders.update/ok',
              when: "!has(body.state) || body.state in ['open', 'closed']",
              effects: [
                {
                  kind: 'merge',
                  target: 'order',
                  from: "pick(body, ['state', 'note'])",
                  set: {
                    updated_at: 'now()',
                    closed_at: "body.state == 'closed' ? now() : body.state == 'open' ? null : it.closed_at",
                  },
                },
              ],
              reply: { status: 200, headers: json, body: { $view: 'full', of: 'order' } },
            },
          ],
        },
        {
          id: 'orders.replace',
          method: 'PUT',
          path: '/customers/{login}/orders/{number}',
          bindings: orderBindings,
          guards: [notFound('orders.replace/missing', '!has(order)')],
          cases: [
            {
              id: 'orders.replace/ok',
              effects: [{ kind: 'replace', target: 'order', from: 'body', keep: ['created_at'], set: {} }],
              reply: { status: 200, headers: json, body: 'order' },
            },
          ],
        },
        {
          id: 'lines.create',
          method: 'POST',
          path: '/customers/{login}/orders/{number}/lines',
          bindings: orderBindings,
          guards: [notFound('lines.create/missing', '!has(order)')],
          cases: [
            {
              id: 'lines.create/ok',
              effects: [
                {
                  kind: 'create',
                  type: 'Line',
                  as: 'line',
                  from: "pick(body, ['product', 'price'])",
                  set: { order: 'order', $secret: "'s3'", line: "gen('lineNumber')", id: "gen('lineId')" },
                },
                { kind: 'merge', target: 'order', set: { updated_at: 'now()' } },
              ],
              reply: {
                status: 201,
                headers: json,
                body: { line: { $view: 'full', of: 'line' }, order_lines: 'order.lines', touched: 'order.updated_at' },
              },
            },
          ],
        },
        {
          id: 'orders.close-all',
          method: 'POST',
          path: '/close-all',
          cases: [
            {
              id: 'orders.close-all/ok',
              let: { open: "rows('Order').filter(o, o.state == 'open').size()" },
              effects: [{ kind: 'merge-where', type: 'Order', where: "x.state == 'open'", set: { state: "'closed'" } }],
              reply: {
                status: 200,
                text: "'closed ' + string(open)",
                headers: [{ name: 'content-type', value: "'text/plain'" }],
              },
            },
          ],
        },
        {
          id: 'me',
          method: 'GET',
          path: '/me',
          guards: [{ id: 'me/unauthorized', when: '!has(principal)', reply: { status: 401 } }],
          cases: [{ id: 'me/ok', reply: { status: 200, headers: json, body: 'principal' } }],
        },
        {
          id: 'logo',
          method: 'GET',
          path: '/logo.png',
          cases: [{ id: 'logo/ok', reply: { status: 200, asset: 'abc' }, provenance: 'replayed' }],
        },
        {
          id: 'misc.keyless',
          method: 'POST',
          path: '/keyless',
          cases: [
            {
              id: 'misc.keyless/ok',
              effects: [
                { kind: 'create', type: 'Customer', as: 'one', set: { login: "'first'" } },
                { kind: 'create', type: 'Customer', as: 'two', set: { login: 'body.login' } },
              ],
              reply: { status: 201 },
            },
          ],
        },
      ],
      errors: [
        {
          id: 'errors.method',
          when: 'path_known',
          reply: {
            status: 405,
            headers: [{ name: 'allow', value: "allowed.join(', ')" }, ...json],
            body: { message: "'No ' + method", status: 405 },
          },
        },
        notFound('errors.path', "request_path.startsWith('/')"),
      ],
      seed: {
        Order: [
          {
            customer: { $ref: 'Customer', key: 'ada' },
            number: 1,
            state: 'open',
            note: 'seeded',
            watchers: [{ $ref: 'Customer', key: 'bob' }],
            created_at: '2024-01-01T00:00:00.000Z',
            updated_at: '2024-01-01T00:00:00.000Z',
            closed_at: null,
          },
        ],
        Customer: [
          { login: 'ada', name: 'Ada', id: 1, token: 'tok_a', created_at: '2024-01-01T00:00:00Z', vip: true },
          { login: 'bob', name: 'Bob', id: 5, token: 'tok_b', created_at: '2024-01-01T00:00:00Z' },
        ],
        Line: [],
      },
    },
  ],
};
