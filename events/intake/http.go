package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/language"

	"github.com/kaohe/kaohe/events"
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

// Errors of a request that never became events.
var (
	errTooLarge  = errors.New("request too large")
	errMediaType = errors.New("unsupported media type")
	errSyntax    = errors.New("not JSON")
	errQuery     = errors.New("wrong query")
	errMethod    = errors.New("method not allowed")
	errBody      = errors.New("body cut short")
)

// Handler answers POST /v1/events, with one event or a JSON array of them as the Content-Type says, and ?atomic=true for
// all or nothing. The answer is an [Answer] in the language of Accept-Language (English by default), with status
//
//	200  nothing was refused: each event is new or was recorded before
//	207  some events were refused; the others are recorded
//	409  all were refused, and nothing is wrong with them but ids that are taken
//	422  all were refused
//
// An atomic request of which one is refused is refused whole. Anything else is a [Problem]: 400, 405, 413, 415, and 429,
// 503 or 507 when the intake cannot take events now, after which sending the same again is safe.
func (in *Intake) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := LangOf(r)
		receipt, err := in.serve(w, r)
		if err != nil {
			p := problemOf(err)
			if p.status >= http.StatusInternalServerError {
				in.Logger.LogAttrs(r.Context(), slog.LevelWarn, "events not taken", slog.String("code", p.code), slog.Any("error", err))
			}
			writeProblem(w, p, lang)
			return
		}
		writeJSON(w, "application/json", receipt.status(), lang, receipt.In(lang))
	})
}

func (in *Intake) serve(w http.ResponseWriter, r *http.Request) (Receipt, error) {
	body := loan{from: &in.bodies}
	defer body.giveBack()
	raw, atomic, err := readRequest(w, r, &body)
	if err != nil {
		in.metrics.failed(err)
		return Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), in.Timeout)
	defer cancel()
	return in.Emit(ctx, raw, atomic)
}

// status sums a receipt up.
func (r Receipt) status() int {
	_, _, refused := r.Counts()
	switch {
	case refused == 0:
		return http.StatusOK
	case refused < len(r.Events):
		return http.StatusMultiStatus
	}
	conflicts := false
	for i := range r.Events {
		switch r.Events[i].Refusal.Code {
		case CodeConflict, CodeVoided:
			conflicts = true
		case CodeHeldBack:
		default:
			return http.StatusUnprocessableEntity
		}
	}
	if conflicts {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

func readRequest(w http.ResponseWriter, r *http.Request, room *loan) (raw [][]byte, atomic bool, err error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, false, errMethod
	}
	if atomic, err = readQuery(r.URL.RawQuery); err != nil {
		return nil, false, err
	}
	batch, err := readMediaType(r.Header)
	if err != nil {
		return nil, false, err
	}
	limit := int64(MaxRaw)
	if batch {
		limit = MaxBody
	}
	body, err := readBody(w, r, limit, room)
	if err != nil {
		return nil, false, err
	}
	if !batch {
		return [][]byte{body}, atomic, checkSyntax(body)
	}
	raw, err = splitBatch(body)
	return raw, atomic, err
}

// readQuery takes ?atomic=true. A parameter that nobody knows may be a mistyped atomic, so it is refused.
func readQuery(query string) (atomic bool, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return false, &detailed{errQuery, events.Text{ZH: "无法解析查询参数", EN: "The query cannot be parsed."}}
	}
	for name, v := range values {
		if name != "atomic" {
			return false, &detailed{errQuery, events.Text{ZH: "只有一个参数:atomic", EN: "There is one parameter, atomic."}}
		}
		if atomic, err = strconv.ParseBool(v[len(v)-1]); err != nil {
			return false, &detailed{errQuery, events.Text{ZH: "atomic 应为 true 或 false", EN: "atomic must be true or false."}}
		}
	}
	return atomic, nil
}

func readMediaType(h http.Header) (batch bool, err error) {
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, set := params["charset"]
	switch {
	case err == nil && set && !strings.EqualFold(charset, "utf-8"):
		return false, &detailed{errMediaType, events.Text{
			ZH: "只支持 UTF-8,收到 charset=" + charset, EN: "Only UTF-8 is supported, got charset=" + charset + "."}}
	case err == nil && mediaType == MediaEvent:
		return false, nil
	case err == nil && mediaType == MediaBatch:
		return true, nil
	}
	return false, &detailed{errMediaType, events.Text{
		ZH: "单个事件用 " + MediaEvent + ",一批事件(JSON 数组)用 " + MediaBatch,
		EN: "Send one event as " + MediaEvent + ", or a JSON array of events as " + MediaBatch + ".",
	}}
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64, room *loan) ([]byte, error) {
	if r.ContentLength <= limit && !room.has(r.ContentLength) {
		return nil, errCrowded // before it is sent for nothing
	}
	body, err := io.ReadAll(&metered{http.MaxBytesReader(w, r.Body, limit), room})
	var over *http.MaxBytesError
	switch {
	case errors.Is(err, errCrowded):
		return nil, err
	case errors.As(err, &over):
		return nil, &detailed{errTooLarge, events.Text{
			ZH: fmt.Sprintf("该类型的请求上限为 %d 字节(单个事件 %d,一批 %d)", limit, MaxRaw, MaxBody),
			EN: fmt.Sprintf("At most %d bytes are allowed here (%d for one event, %d for a batch).", limit, MaxRaw, MaxBody),
		}}
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errBody, err)
	}
	return body, nil
}

// checkSyntax tells a body that is no JSON, a mistake of the sending program, from an event that is wrong.
func checkSyntax(body []byte) error {
	return over(body, func(d *jsontext.Decoder) error {
		array := d.PeekKind() == '['
		if err := d.SkipValue(); err != nil {
			return syntaxError(body, err)
		}
		if array {
			return &detailed{errSyntax, events.Text{
				ZH: "收到的是数组;一批事件请用 " + MediaBatch, EN: "This is an array; send a batch of events as " + MediaBatch + "."}}
		}
		if err := atEnd(d); err != nil {
			return syntaxError(body, err)
		}
		return nil
	})
}

// splitBatch cuts a JSON array into its items. It stops at once when there are too many.
func splitBatch(body []byte) (raw [][]byte, err error) {
	err = over(body, func(d *jsontext.Decoder) error {
		if k := d.PeekKind(); k != '[' && k != 0 {
			return &detailed{errSyntax, events.Text{
				ZH: "一批事件应为 JSON 数组;单个事件请用 " + MediaEvent, EN: "A batch must be a JSON array; send a single event as " + MediaEvent + "."}}
		}
		if _, err := d.ReadToken(); err != nil {
			return syntaxError(body, err)
		}
		for d.PeekKind() != ']' {
			if len(raw) == MaxBatch {
				return ErrTooMany
			}
			item, err := d.ReadValue()
			if err != nil {
				return syntaxError(body, err)
			}
			raw = append(raw, body[d.InputOffset()-int64(len(item)):d.InputOffset()])
		}
		if _, err := d.ReadToken(); err != nil {
			return syntaxError(body, err)
		}
		if err := atEnd(d); err != nil {
			return syntaxError(body, err)
		}
		return nil
	})
	return raw, err
}

func syntaxError(body []byte, err error) error {
	return &detailed{errSyntax, notJSON(body, err).Text}
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
