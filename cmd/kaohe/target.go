package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/kaohe/kaohe/events"
)

// target is the event that a void or a correction is about.
type target struct {
	source, id string
	at         string // the position, if it was named by it
	typ        string // empty as long as nobody asked
}

// subject reads SOURCE ID or POSITION from the beginning of the arguments, and returns what is left of them.
func (c *cli) subject(args []string) (t target, rest []string, err error) {
	switch {
	case len(args) > 0 && isPosition(args[0]):
		return target{at: args[0]}, args[1:], nil
	case len(args) < 2:
		return t, nil, c.usagef("应指明是哪个事件: 位置（如 12-0），或来源和编号", "say which event is meant: its position, such as 12-0, or its source and its id")
	}
	return target{source: args[0], id: args[1]}, args[2:], nil
}

func isPosition(s string) bool {
	_, err := events.ParsePosition(s)
	return err == nil
}

// look asks the server what the event is. One that is not there under its source and id is left to the server, which
// refuses what is sent about it with its own words; without a position there is nothing to send.
func (t *target) look(ctx context.Context, cl *client) error {
	path, query := "/v1/events/by-id", url.Values{"source": {t.source}, "id": {t.id}}
	if t.at != "" {
		path, query = "/v1/events/"+t.at, nil
	}
	a, err := cl.get(ctx, path, query)
	if err != nil {
		return err
	}
	var event struct{ Source, ID, Type string }
	switch {
	case a.status == http.StatusNotFound && t.at == "":
		return nil
	case a.status == http.StatusNotFound:
		return codedError{exitRefused, cl.problem(a)}
	case a.status != http.StatusOK || json.Unmarshal(a.body, &event) != nil:
		return cl.problem(a)
	}
	t.source, t.id, t.typ = event.Source, event.ID, event.Type
	return nil
}

// reason refuses a change that does not say why it is made.
func (c *cli) reason(reason string) error {
	if reason == "" {
		return c.usagef("缺少原因: --reason '……'", "the reason is missing: --reason '...'")
	}
	return nil
}
