package intake

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// mode is how a request carries its events (HTTP protocol binding for CloudEvents, section 3).
type mode uint8

const (
	structured mode = iota // the body is an event
	batched                // the body is an array of events
	binary                 // the body is the data of an event, whose attributes are headers
)

// limit is how many bytes a body of the mode may have.
func (m mode) limit() int64 {
	if m == batched {
		return MaxBody
	}
	return MaxRaw
}

// incoming is a request as it came, with its events made structured ones.
type incoming struct {
	mode           mode
	events         [][]byte
	atomic, dryRun bool
}

// readRequest reads all that can be known of a request before its body, which is then not read for nothing.
func readRequest(w http.ResponseWriter, r *http.Request, room *loan) (q incoming, err error) {
	if r.Method != http.MethodPost {
		return q, errMethod
	}
	if err = q.readQuery(r.URL.RawQuery); err != nil {
		return q, err
	}
	if q.mode, err = modeOf(r.Header); err != nil {
		return q, err
	}
	var attributes []member
	if q.mode == binary {
		if attributes, err = headerAttributes(r.Header); err != nil {
			return q, err
		}
	}
	body, err := readBody(w, r, q.mode.limit(), room)
	if err != nil {
		return q, err
	}
	switch q.mode {
	case batched:
		if q.events, err = splitBatch(body); err == nil && !room.take(int64(len(q.events))*eventCost) {
			err = errCrowded
		}
	case binary:
		var event []byte
		event, err = binaryEvent(attributes, body, room)
		q.events = [][]byte{event}
	default:
		q.events, err = [][]byte{body}, checkSyntax(body)
	}
	return q, err
}

// readQuery takes ?atomic=true and ?dry_run=true. A parameter that nobody knows may be a mistyped one, so it is refused.
func (q *incoming) readQuery(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return &detailed{errQuery, events.Text{ZH: "无法解析查询参数", EN: "The query cannot be parsed."}}
	}
	known := map[string]*bool{"atomic": &q.atomic, "dry_run": &q.dryRun}
	for name, v := range values {
		into := known[name]
		if into == nil {
			return &detailed{errQuery, events.Text{ZH: "可用的参数只有 atomic 和 dry_run", EN: "There are two parameters, atomic and dry_run."}}
		}
		if *into, err = strconv.ParseBool(v[len(v)-1]); err != nil {
			return &detailed{errQuery, events.Text{ZH: name + " 应为 true 或 false", EN: name + " must be true or false."}}
		}
	}
	return nil
}

// modeOf tells the mode by the Content-Type, and binary mode by any attribute among the headers: of an event that lacks only
// its ce-specversion, more can be said than that its media type is not known.
func modeOf(h http.Header) (mode, error) {
	if len(h.Values("Content-Type")) > 1 {
		return 0, &detailed{errMediaType, events.Text{ZH: "Content-Type 只能有一个", EN: "There may be one Content-Type."}}
	}
	given := h.Get("Content-Type")
	mediaType, params, err := mime.ParseMediaType(given)
	charset, set := params["charset"]
	switch {
	case err == nil && set && !strings.EqualFold(charset, "utf-8"):
		return 0, &detailed{errMediaType, events.Text{
			ZH: "只支持 UTF-8,收到 charset=" + charset, EN: "Only UTF-8 is supported, got charset=" + charset + "."}}
	case err == nil && mediaType == MediaEvent:
		return structured, nil
	case err == nil && mediaType == MediaBatch:
		return batched, nil
	case err == nil && strings.HasPrefix(mediaType, "application/cloudevents"): // an event format, and not one of ours
	case !hasAttributes(h):
	case given == "", isJSONType(given):
		return binary, nil
	default:
		return 0, &detailed{errMediaType, events.Text{
			ZH: "二进制模式(ce-* 头)的正文应为 JSON:" + MediaData, EN: "The body of an event in binary mode (ce-* headers) must be JSON, " + MediaData + "."}}
	}
	return 0, &detailed{errMediaType, events.Text{
		ZH: "单个事件用 " + MediaEvent + ",一批事件(JSON 数组)用 " + MediaBatch + ";或用 ce-* 头加 " + MediaData + " 正文",
		EN: "Send one event as " + MediaEvent + ", a JSON array of events as " + MediaBatch + ", or the data as " + MediaData + " with the attributes in ce-* headers.",
	}}
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64, room *loan) ([]byte, error) {
	switch {
	case r.ContentLength > limit && r.Header.Get("Expect") != "": // who asks before sending is answered before sending
		return nil, overLimit(limit)
	case r.ContentLength <= limit && !room.has(r.ContentLength):
		return nil, errCrowded // before it is sent for nothing
	}
	content, err := decoded(w, r, limit)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(&metered{content, room})
	}
	var over *http.MaxBytesError
	switch {
	case errors.Is(err, errCrowded), errors.Is(err, errEncoding):
		return nil, err
	case errors.As(err, &over):
		return nil, overLimit(limit)
	case isBadGzip(err):
		return nil, fmt.Errorf("%w: %w", errNotGzip, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errBody, err)
	}
	return body, nil
}

func overLimit(limit int64) error {
	return &detailed{errTooLarge, events.Text{
		ZH: fmt.Sprintf("该类型的请求上限为 %d 字节(单个事件 %d,一批 %d;压缩的按解压后计)", limit, MaxRaw, MaxBody),
		EN: fmt.Sprintf("At most %d bytes are allowed here (%d for one event, %d for a batch; compressed ones count as they unpack).", limit, MaxRaw, MaxBody),
	}}
}
