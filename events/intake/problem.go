package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/kaohe/kaohe/events"
)

// problem is an error as the world sees it. What the error itself says goes to the log only.
type problem struct {
	err    error // that it stands for
	code   string
	status int
	title  events.Text
	detail events.Text // what to do
	retry  string      // Retry-After in seconds; empty if repeating does not help
}

// problems maps the errors of this package to HTTP. The first that matches counts.
var problems = []problem{
	{ErrEmpty, "empty", http.StatusBadRequest,
		events.Text{ZH: "请求中没有事件", EN: "no event in the request"},
		events.Text{ZH: "请至少发送一个事件", EN: "Send at least one event."}, ""},
	{ErrTooMany, "too_many_events", http.StatusRequestEntityTooLarge,
		events.Text{ZH: "一次请求的事件过多", EN: "too many events in one request"},
		events.Text{
			ZH: fmt.Sprintf("一次请求至多 %d 个事件,本次没有记录任何事件;请分几次发送", MaxBatch),
			EN: fmt.Sprintf("A request holds at most %d events; nothing was recorded. Send them in several requests.", MaxBatch),
		}, ""},
	{ErrNotReady, "not_ready", http.StatusServiceUnavailable,
		events.Text{ZH: "正在读取日志", EN: "still reading the log"},
		events.Text{ZH: "请稍候重发,本次没有记录任何事件", EN: "Wait a little and send it again; nothing was recorded."}, "1"},
	{ErrOverloaded, "overloaded", http.StatusTooManyRequests,
		events.Text{ZH: "等待写入的事件过多", EN: "too many events are waiting"},
		events.Text{ZH: "请稍候重发,本次没有记录任何事件", EN: "Wait a little and send it again; nothing was recorded."}, "1"},
	{errCrowded, "too_many_bodies", http.StatusTooManyRequests,
		events.Text{ZH: "正在接收的请求过多", EN: "too many requests are being read"},
		events.Text{ZH: "请稍候重发,本次没有记录任何事件", EN: "Wait a little and send it again; nothing was recorded."}, "1"},
	{events.ErrFull, "full", http.StatusInsufficientStorage,
		events.Text{ZH: "磁盘空间不足,暂停接收", EN: "too little disk space, nothing is accepted"},
		events.Text{ZH: "请联系管理员腾出空间后重发;重复发送不会重复记录", EN: "Have the operator free some space, then send it again; nothing is recorded twice."}, ""},
	{events.ErrUnknown, "unknown_outcome", http.StatusServiceUnavailable,
		events.Text{ZH: "结果未知", EN: "outcome unknown"},
		events.Text{ZH: "还不能确定事件是否已记录;请原样重发,重复发送不会重复记录", EN: "It cannot be said yet whether the events were recorded. Send the same again: it is safe, nothing is recorded twice."}, "1"},
	{ErrUnavailable, "unavailable", http.StatusServiceUnavailable,
		events.Text{ZH: "日志没有响应", EN: "the log does not answer"},
		events.Text{ZH: "请稍候原样重发;重复发送不会重复记录", EN: "Wait a little and send the same again; nothing is recorded twice."}, "2"},
	{ErrStopped, "stopping", http.StatusServiceUnavailable,
		events.Text{ZH: "服务正在停止", EN: "shutting down"},
		events.Text{ZH: "请在服务重启后重发", EN: "Send it again once the server is back."}, "5"},
	{errTooLarge, "body_too_large", http.StatusRequestEntityTooLarge,
		events.Text{ZH: "请求过大", EN: "the request is too large"}, events.Text{}, ""},
	{errHeaders, "headers_too_large", http.StatusRequestHeaderFieldsTooLarge,
		events.Text{ZH: "ce-* 头过多或过长", EN: "too many or too large ce-* headers"},
		events.Text{
			ZH: fmt.Sprintf("ce-* 头至多 %d 个、共 %d 字节;事件的内容写进正文", maxHeaders, maxHeaderBytes),
			EN: fmt.Sprintf("At most %d ce-* headers and %d bytes of them are allowed; what the event says belongs in the body.", maxHeaders, maxHeaderBytes),
		}, ""},
	{errHeader, "header", http.StatusBadRequest,
		events.Text{ZH: "请求头无法解码", EN: "a header cannot be decoded"}, events.Text{}, ""},
	{errEncoding, "content_encoding", http.StatusUnsupportedMediaType,
		events.Text{ZH: "不支持的 Content-Encoding", EN: "unsupported content encoding"}, events.Text{}, ""},
	{errNotGzip, "not_gzip", http.StatusBadRequest,
		events.Text{ZH: "正文不是合法的 gzip", EN: "the body is not gzip"},
		events.Text{ZH: "Content-Encoding 说正文是 gzip,但无法解压;请检查压缩,或不压缩", EN: "Content-Encoding says that the body is gzip, but it cannot be unpacked. Compress it properly, or not at all."}, ""},
	{errMediaType, "media_type", http.StatusUnsupportedMediaType,
		events.Text{ZH: "不支持的 Content-Type", EN: "unsupported content type"}, events.Text{}, ""},
	{errSyntax, "not_json", http.StatusBadRequest,
		events.Text{ZH: "请求不是合法的 JSON", EN: "the request is not JSON"}, events.Text{}, ""},
	{errQuery, "query", http.StatusBadRequest,
		events.Text{ZH: "查询参数有误", EN: "wrong query parameter"}, events.Text{}, ""},
	{errMethod, "method", http.StatusMethodNotAllowed,
		events.Text{ZH: "只接受 POST", EN: "only POST is allowed"},
		events.Text{ZH: "请用 POST 发送事件", EN: "Send events by POST."}, ""},
	{errBody, "body", http.StatusBadRequest,
		events.Text{ZH: "请求没有收完整", EN: "the request did not arrive whole"},
		events.Text{ZH: "请重发", EN: "Send it again."}, ""},
	{nil, "internal", http.StatusInternalServerError,
		events.Text{ZH: "内部错误", EN: "internal error"},
		events.Text{ZH: "详情见服务器日志", EN: "The server's log says more."}, ""},
}

// problemOf finds what the world is told about an error.
func problemOf(err error) problem {
	for _, p := range problems[:len(problems)-1] {
		if errors.Is(err, p.err) {
			var d *detailed
			if errors.As(err, &d) {
				p.detail = d.detail
			}
			return p
		}
	}
	return problems[len(problems)-1]
}

// detailed is an error that says in public what exactly is wrong with the request.
type detailed struct {
	error
	detail events.Text
}

func (d *detailed) Unwrap() error { return d.error }

// Problem is the body of an error response (RFC 9457, application/problem+json).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Code   string `json:"code"`             // for programs; never changes its meaning
	Header string `json:"header,omitempty"` // the first one that cannot be decoded
}

func writeProblem(w http.ResponseWriter, p problem, header string, lang events.Lang) {
	if p.retry != "" {
		w.Header().Set("Retry-After", p.retry)
	}
	writeJSON(w, "application/problem+json", p.status, lang, Problem{
		Type: "urn:kaohe:problem:" + p.code, Title: p.title.In(lang), Status: p.status, Detail: p.detail.In(lang), Code: p.code, Header: header,
	})
}

func writeJSON(w http.ResponseWriter, mediaType string, status int, lang events.Lang, v any) {
	writeHeader(w, mediaType, status, lang)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the client has gone if this fails
}

func writeHeader(w http.ResponseWriter, mediaType string, status int, lang events.Lang) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Language", string(lang))
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
}
