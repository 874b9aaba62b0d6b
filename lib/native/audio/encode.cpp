// Mp3 encoding through libavcodec's libmp3lame and libavformat's mp3 muxer, which notes the encoder's delay and
// padding in the file, so that a decoder can leave them out.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct Freed {
    void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
    void operator()(AVFormatContext* file) const {
        if (file->pb) avio_closep(&file->pb);
        avformat_free_context(file);
    }
};

int check(int code, const char* step) {
    if (code >= 0) return code;
    char reason[AV_ERROR_MAX_STRING_SIZE];
    av_strerror(code, reason, sizeof reason);
    throw std::runtime_error(std::string(step) + ": " + reason);
}

// Hands one frame (or none, to flush) to the encoder and what comes out of it to the file.
void encode(AVCodecContext* codec, const AVFrame* frame, AVFormatContext* file, AVPacket* packet) {
    check(avcodec_send_frame(codec, frame), "encoding");
    for (;;) {
        int code = avcodec_receive_packet(codec, packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
        check(code, "encoding");
        av_packet_rescale_ts(packet, codec->time_base, file->streams[0]->time_base);
        packet->stream_index = 0;
        check(av_interleaved_write_frame(file, packet), "writing");
    }
}

void write_mp3(const char* path, const float* samples, int64_t count, int rate, int64_t bit_rate, const char* title,
               const char* artist) {
    const AVCodec* lame = avcodec_find_encoder_by_name("libmp3lame");
    if (!lame) throw std::runtime_error("this FFmpeg was built without libmp3lame");

    std::unique_ptr<AVCodecContext, Freed> codec(avcodec_alloc_context3(lame));
    codec->sample_fmt = AV_SAMPLE_FMT_FLTP;
    codec->sample_rate = rate;
    codec->bit_rate = bit_rate;
    codec->time_base = {1, rate};
    codec->ch_layout = AV_CHANNEL_LAYOUT_MONO;
    check(avcodec_open2(codec.get(), lame, nullptr), "opening the encoder");

    AVFormatContext* opened = nullptr;
    check(avformat_alloc_output_context2(&opened, nullptr, "mp3", path), "opening the file");
    std::unique_ptr<AVFormatContext, Freed> file(opened);
    AVStream* stream = avformat_new_stream(file.get(), nullptr);
    if (!stream) throw std::bad_alloc();
    stream->time_base = codec->time_base;
    check(avcodec_parameters_from_context(stream->codecpar, codec.get()), "opening the file");
    file->flags |= AVFMT_FLAG_BITEXACT;  // no version of the library in the file: the same song, the same bytes
    av_dict_set(&file->metadata, "title", title, 0);
    av_dict_set(&file->metadata, "artist", artist, 0);
    check(avio_open(&file->pb, path, AVIO_FLAG_WRITE), "opening the file");
    check(avformat_write_header(file.get(), nullptr), "writing");

    std::unique_ptr<AVFrame, Freed> frame(av_frame_alloc());
    std::unique_ptr<AVPacket, Freed> packet(av_packet_alloc());
    if (!frame || !packet) throw std::bad_alloc();
    for (int64_t start = 0; start < count; start += codec->frame_size) {
        frame->format = codec->sample_fmt;
        frame->sample_rate = rate;
        frame->nb_samples = static_cast<int>(std::min<int64_t>(codec->frame_size, count - start));
        check(av_channel_layout_copy(&frame->ch_layout, &codec->ch_layout), "encoding");
        check(av_frame_get_buffer(frame.get(), 0), "encoding");
        std::memcpy(frame->data[0], samples + start, frame->nb_samples * sizeof(float));
        frame->pts = start;
        encode(codec.get(), frame.get(), file.get(), packet.get());
        av_frame_unref(frame.get());
    }
    encode(codec.get(), nullptr, file.get(), packet.get());
    check(av_write_trailer(file.get()), "writing");
    check(avio_closep(&file->pb), "writing");
}

}  // namespace

// Returns 0, or −1 with the reason in `error`.
extern "C" __attribute__((visibility("default"))) int audio_write_mp3(
    const char* path, const float* samples, int64_t count, int rate, int64_t bit_rate, const char* title,
    const char* artist, char* error, int error_size) {
    try {
        write_mp3(path, samples, count, rate, bit_rate, title, artist);
        return 0;
    } catch (const std::exception& e) {
        std::snprintf(error, error_size, "%s", e.what());
        return -1;
    }
}
