package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/intake"
)

// MediaEvent is the media type of one event, as it stands in the log.
const MediaEvent = intake.MediaEvent

// eventAt answers with the event at a position, as it was recorded: what voids and corrections made of it later are events
// of their own.
func (a *API) eventAt(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	s := r.PathValue("position")
	at, err := events.ParsePosition(s)
	if err != nil {
		(&badParameter{name: "position", got: s, expected: events.Text{ZH: "位置，如 12-0", EN: "a position like 12-0"}}).problem(lang).Write(w, lang)
		return
	}
	a.writeEvent(w, r, at, events.Text{ZH: "位置 " + at.String() + " 没有事件", EN: "No event stands at " + at.String() + "."}, lang)
}

// eventByID answers with the event that has a source and an id. It sees all that was recorded before the question came.
func (a *API) eventByID(w http.ResponseWriter, r *http.Request) {
	lang := intake.LangOf(r)
	source, id, bad := identity(r.URL.Query())
	if bad != nil {
		bad.problem(lang).Write(w, lang)
		return
	}
	if problem := a.wait(r.Context(), "end", lang); problem != nil {
		problem.Write(w, lang)
		return
	}
	none := events.Text{ZH: "没有来源为 " + source + "、编号为 " + id + " 的事件", EN: "No event has source " + source + " and id " + id + "."}
	at, ok := a.Find(events.KeyOf(source, id))
	if !ok {
		noEvent(none, lang).Write(w, lang)
		return
	}
	a.writeEvent(w, r, at, none, lang)
}

// identity reads the parameters source and id, which both must be there, once, and nothing else.
func identity(values url.Values) (source, id string, bad *badParameter) {
	for name, list := range values {
		if name != "source" && name != "id" {
			return "", "", &badParameter{name: name, got: list[0], expected: events.Text{ZH: "参数 source、id", EN: "the parameters source and id"}}
		}
	}
	for _, name := range []string{"source", "id"} {
		if list := values[name]; len(list) != 1 || list[0] == "" {
			return "", "", &badParameter{name: name, got: strings.Join(list, " "), expected: events.Text{ZH: "恰好一个值", EN: "exactly one value"}}
		}
	}
	return values.Get("source"), values.Get("id"), nil
}

// writeEvent answers with an event, or says that there is none. One that is not for the asker to read is none.
func (a *API) writeEvent(w http.ResponseWriter, r *http.Request, at events.Position, none events.Text, lang events.Lang) {
	ctx, cancel := context.WithTimeout(r.Context(), a.Wait)
	defer cancel()
	line, err := a.Event(ctx, at)
	if err == nil {
		err = a.visible(ctx, line)
	}
	if errors.Is(err, events.ErrNotFound) {
		noEvent(none, lang).Write(w, lang)
		return
	}
	if err != nil {
		unavailable(events.Text{ZH: "日志暂时无法访问", EN: "the log cannot be reached at the moment"}, lang).Write(w, lang)
		return
	}
	h := w.Header()
	h.Set("Content-Type", MediaEvent)
	h.Set("Content-Location", "/v1/events/"+at.String())
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(append(line[:len(line):len(line)], '\n')) // the client has gone if this fails
}

func noEvent(detail events.Text, lang events.Lang) Problem {
	return NewProblem(http.StatusNotFound, "no_event", events.Text{ZH: "没有这个事件", EN: "no such event"}, detail, lang)
}
