package intake

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"golang.org/x/text/language"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
)

// Bounds of a request. What an event costs beside its bytes, in memory and in the answer, is bounded by their number: a
// body of MaxBody bytes could hold eight million.
const (
	MaxBody  = 16 << 20 // bytes of a batch
	MaxBatch = 10_000   // events of a request, over HTTP or by [Intake.Emit]
)

// Media types of a single event and of a batch. Parameters are allowed if the charset is UTF-8.
const (
	MediaEvent = "application/cloudevents+json"
	MediaBatch = "application/cloudevents-batch+json"
)

// methods are what the handler allows, and accepted are the media types of the bodies that it takes.
const (
	methods  = http.MethodPost + ", " + http.MethodOptions
	accepted = MediaEvent + ", " + MediaBatch + ", " + MediaData
)

// Errors of a request that never became events.
var (
	errTooLarge  = errors.New("request too large")
	errHeaders   = errors.New("too many or too large attributes in headers")
	errHeader    = errors.New("header cannot be decoded")
	errMediaType = errors.New("unsupported media type")
	errEncoding  = errors.New("unsupported content coding")
	errNotGzip   = errors.New("not gzip")
	errSyntax    = errors.New("not JSON")
	errQuery     = errors.New("wrong query")
	errMethod    = errors.New("method not allowed")
	errBody      = errors.New("body cut short")
)

// Handler answers POST /v1/events: one event or a JSON array of them as the Content-Type says, or the data of one whose
// attributes are headers; with ?atomic=true for all or nothing, and ?dry_run=true to record nothing and be told what would
// become of each. Bodies may be compressed by gzip. The answer is an [Answer] in the language of Accept-Language (English by
// default), with status
//
//	200  nothing was refused: each event is new or was recorded before
//	207  some events were refused; the others are recorded
//	403  all were refused, because their sender may not record them
//	409  all were refused, and nothing is wrong with them but ids that are taken
//	422  all were refused
//
// An atomic request of which one is refused is refused whole. Anything else is a [Problem]: 400, 405, 413, 415, 431, and 429,
// 503 or 507 when the intake cannot take events now, after which sending the same again is safe.
//
// Whatever happened to a request, it may be sent again: an event is its source and id, and where no id is given it is derived
// from what the event says. So no Idempotency-Key is asked for, and none is read: a key beside the id could only tell
// two equal facts apart that are one, or make one of two.
func (in *Intake) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := LangOf(r)
		if r.Method == http.MethodOptions {
			w.Header().Set("Allow", methods)
			w.Header().Set("Accept-Post", accepted)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		by := access.FromContext(r.Context())
		room := loan{from: &in.bodies, by: by.Name}
		defer room.giveBack()
		receipt, mode, err := in.serve(w, r, by, &room)
		if err != nil {
			in.fail(w, r, err, lang)
			return
		}
		writeReceipt(w, receipt, mode, lang)
	})
}

// fail answers with a problem, and with the headers that say what would have been taken.
func (in *Intake) fail(w http.ResponseWriter, r *http.Request, err error, lang events.Lang) {
	p := problemOf(err)
	if p.status >= http.StatusInternalServerError {
		level := slog.LevelWarn
		if r.Context().Err() != nil {
			level = slog.LevelDebug // who sent them has hung up: what became of them nobody waits to hear
		}
		in.Logger.LogAttrs(r.Context(), level, "events not taken", slog.String("code", p.code), slog.Any("error", err))
	}
	switch p.err {
	case errMethod:
		w.Header().Set("Allow", methods)
	case errMediaType:
		w.Header().Set("Accept", accepted)
	case errEncoding:
		w.Header().Set("Accept-Encoding", AcceptEncoding)
	}
	writeProblem(w, p, blamed(err), lang)
}

func (in *Intake) serve(w http.ResponseWriter, r *http.Request, by access.Principal, room *loan) (Receipt, mode, error) {
	q, err := readRequest(w, r, room)
	if err != nil {
		in.metrics.failed(err)
		return Receipt{}, q.mode, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), in.Timeout)
	defer cancel()
	receipt, err := in.Emit(ctx, Request{Events: q.events, By: by, Atomic: q.atomic, DryRun: q.dryRun})
	return receipt, q.mode, err
}

// status sums a receipt up. Events held back for the sake of others do not count.
func (r Receipt) status() int {
	_, _, refused := r.Counts()
	switch {
	case refused == 0:
		return http.StatusOK
	case refused < len(r.Events):
		return http.StatusMultiStatus
	}
	status := 0
	for i := range r.Events {
		why := http.StatusUnprocessableEntity
		switch r.Events[i].Refusal.Code {
		case CodeHeldBack:
			continue
		case CodeConflict, CodeVoided:
			why = http.StatusConflict
		case CodeScope:
			why = http.StatusForbidden
		}
		if status != 0 && status != why {
			return http.StatusUnprocessableEntity
		}
		status = why
	}
	return cmp.Or(status, http.StatusUnprocessableEntity) // an atomic request that is too large is held back as a whole
}

var spoken = language.NewMatcher([]language.Tag{language.English, language.Chinese})

// LangOf returns the language in which a client wants to be answered.
func LangOf(r *http.Request) events.Lang {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return events.English
	}
	if _, i, _ := spoken.Match(tags...); i == 1 {
		return events.Chinese
	}
	return events.English
}

func isJSONType(s string) bool {
	mediaType, _, err := mime.ParseMediaType(s)
	return err == nil && (mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json"))
}
